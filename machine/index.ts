// What the package `manycore` exports.
export type { CallSite, ExternalValue, FunctionRef, HostFunction, Imports, MemoryRef } from './core/external.ts';
export { GlobalRef, TableRef } from './core/external.ts';
export { Image, type ImageStatistics } from './core/image.ts';
export { Instance } from './core/instance.ts';
export type { CoreStatus, MachineOptions, RunOutcome } from './core/machine-options.ts';
export { GuestTrap, LinkError, type TrapFrame, TrapRequest } from './core/trap.ts';
export { Machine } from './machine.ts';
export { MAX_WINDOW_CYCLES, TICKS_PER_CYCLE } from './state/layout.ts';
export { type CostModel, SCALAR_CORE } from './translate/charge.ts';
export { WasmError, type WasmErrorKind } from './wasm/errors.ts';
export { InstructionReader } from './wasm/instruction-reader.ts';
export { decodeNames, sourceMappingUrl } from './wasm/names.ts';
export { OP, OPCODES } from './wasm/opcodes.ts';
export type { FunctionType, GlobalType, Limits, TableType, ValueType } from './wasm/types.ts';
export { EXTERNREF, F32, F64, FUNCREF, I32, I64 } from './wasm/types.ts';
