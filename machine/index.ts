// What the package `manycore` exports.
export type { CallSite, ExternalValue, FunctionRef, HostFunction, Imports, MemoryRef } from './core/external.ts';
export { GlobalRef, TableRef } from './core/external.ts';
export type { BootFile, BootOptions } from './core/firmware.ts';
export { Image, type ImageStatistics } from './core/image.ts';
export { Instance } from './core/instance.ts';
export type { CoreStatus, RunOutcome } from './core/machine-options.ts';
export { GuestTrap, LinkError, type TrapFrame, TrapRequest } from './core/trap.ts';
export { Machine, type MachineOptions, type RestoreOptions } from './machine.ts';
export {
  type ContendedLine,
  Contention,
  type CorePair,
  type CoreShare,
  type Sharing,
  type SiteShare,
} from './observe/contention.ts';
export { COUNTERS, type CounterScope } from './observe/counter-list.ts';
export { type CounterRegion, Counters, type CounterValue } from './observe/counters.ts';
export { type ObjectInstance, Objects } from './observe/objects.ts';
export type { CodeSite, ObservedMachine, Observer, Transaction } from './observe/observer.ts';
export { combineObservers } from './observe/observers.ts';
export { Profile, type ProfileFrame, type ProfileOptions } from './observe/profile.ts';
export { Trace, type TraceOptions } from './observe/trace.ts';
export { TRACE_EVENTS, type TraceEvent, type TraceKind } from './observe/trace-events.ts';
export {
  interruptName,
  requestName,
  sleepName,
  sourceName,
  stateName,
  trapName,
  wakeName,
} from './observe/words.ts';
export {
  TALLY_ACCESS,
  TALLY_CONTENTION,
  TALLY_OWN,
  WOKEN_BY_DEADLINE,
  WOKEN_BY_INTERRUPT,
  WOKEN_BY_WRITE,
} from './platform.ts';
export { profileJsonSchema } from './profile/expectation.ts';
export { parseProfile, readProfile, withOverrides } from './profile/load.ts';
export { nearest, ProfileError, type ProfileProblem } from './profile/problem.ts';
export type { MachineProfile } from './profile/schema.ts';
export { PROFILE_NAMES, profileNamed } from './profile/shipped.ts';
export { coreCount, relation, relations } from './profile/topology.ts';
export { uniform } from './profile/uniform.ts';
export { decodeSnapshot, encodeSnapshot } from './snapshot/encode.ts';
export type { MachineSnapshot } from './snapshot/snapshot.ts';
export { SnapshotError } from './snapshot/snapshot-error.ts';
export { MAX_WINDOW_CYCLES, TICKS_PER_CYCLE } from './state/layout.ts';
export { type CostModel, SCALAR_CORE } from './translate/charge.ts';
export { type PretranslationOptions, pretranslate, pretranslationKey } from './translate/pretranslate.ts';
export { WasmError, type WasmErrorKind } from './wasm/errors.ts';
export { InstructionReader } from './wasm/instruction-reader.ts';
export { decodeDataNames, decodeNames, sourceMappingUrl } from './wasm/names.ts';
export { OP, OPCODES } from './wasm/opcodes.ts';
export type { FunctionType, GlobalType, Limits, TableType, ValueType } from './wasm/types.ts';
export { EXTERNREF, F32, F64, FUNCREF, I32, I64 } from './wasm/types.ts';
