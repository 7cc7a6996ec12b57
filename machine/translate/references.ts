// Globals, references, indirect calls and the instructions that are calls of built-in functions (services).
//
// A guest global is a cell of eight bytes in machine memory. A function reference is an index of the host's function table, 0 for
// null. A guest table is a record {length, entries}; an entry is {reference, signature id}.
import { TABLE_ENTRIES, TABLE_LENGTH } from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import { FUNCREF, type FunctionType, I32, type Module, type ValueType } from '../wasm/types.ts';
import { directType, type HostIndex } from './host-module.ts';
import { type InstructionEmitter, loadOpcode, storeOpcode } from './instruction-emitter.ts';
import { serviceType } from './instruction-kinds.ts';

/** Number of a module's globals that are imported. */
export function importedGlobals(module: Module): number {
  return module.imports.filter((item) => item.kind === 'global').length;
}

/** global.get or global.set. */
export function emitGlobal(emitter: InstructionEmitter, index: number): void {
  const { flow, module, host } = emitter.context;
  const { stack, writer, locals } = emitter;
  const number = flow.a[index];
  const type = module.globals[number].type.type;
  const first = importedGlobals(module);
  const cell = host.global(number < first ? `g${number}` : 'globals');
  const offset = number < first ? 0 : 8 * (number - first);
  if (flow.opcodes[index] === OP.global_get) {
    writer.global(cell);
    writer.memory(loadOpcode(type), offset);
    stack.pushHost(type);
    return;
  }
  const value = locals.of(stack.slot(stack.height - 1, type));
  stack.makeCanonical(1);
  stack.load(1);
  writer.set(value);
  writer.global(cell);
  writer.get(value);
  writer.memory(storeOpcode(type), offset);
  stack.pop(1);
}

/** ref.func. */
export function emitReference(emitter: InstructionEmitter, index: number): void {
  const { flow, module, host } = emitter.context;
  const { stack, writer } = emitter;
  const own = flow.a[index] - module.importedFunctions;
  if (own < 0) {
    writer.global(host.global(`r${flow.a[index]}`));
  } else {
    writer.global(host.global('code'));
    writer.int(2 * own);
    writer.op(OP.i32_add);
  }
  stack.pushHost(FUNCREF);
}

/** Pops the index of a call_indirect, checks what it names, and leaves the address of the table's entry in the `entry` local. */
export function emitCallTarget(emitter: InstructionEmitter, index: number): void {
  const { flow, host, module } = emitter.context;
  const { stack, writer, locals } = emitter;
  const trap = flow.trapOf[index];
  const table = host.global(`t${flow.b[index]}`);
  const selector = locals.operands[0];
  stack.load(1);
  writer.tee(selector);
  stack.pop(1);
  writer.global(table);
  writer.memory(OP.i32_load, TABLE_LENGTH);
  writer.op(OP.i32_ge_u);
  emitter.trapIf(trap);
  writer.global(table);
  writer.memory(OP.i32_load, TABLE_ENTRIES);
  writer.get(selector);
  writer.int(3);
  writer.op(OP.i32_shl);
  writer.op(OP.i32_add);
  writer.tee(locals.entry);
  writer.memory(OP.i32_load, 0);
  writer.op(OP.i32_eqz);
  emitter.trapIf(trap + 1);
  writer.get(locals.entry);
  writer.memory(OP.i32_load, 4);
  writer.global(host.global(`s${signatureKey(module.types[flow.a[index]])}`));
  writer.op(OP.i32_ne);
  emitter.trapIf(trap + 2);
}

/** Equal for equal signatures, in every module. */
export function signatureKey(type: FunctionType): string {
  return `${type.params.join(',')}>${type.results.join(',')}`;
}

/** Host import and signature of a service; its immediates are two more parameters. */
export function declareService(module: Module, host: HostIndex, opcode: number, a: number): number {
  const [params, results] = serviceType(module, opcode, a) as readonly [readonly ValueType[], readonly ValueType[]];
  if (opcode === OP.memory_copy || opcode === OP.memory_fill) {
    return host.importFunction(
      opcode === OP.memory_copy ? 'bulkCopy' : 'bulkFill',
      directType({ params: [...params], results: [...results] }),
    );
  }
  return host.importFunction(`v${opcode}:${signatureKey({ params: [...params], results: [...results] })}`, {
    ...directType({ params: [...params, I32, I32], results: [...results] }),
  });
}

/** Emits the call of a service up to its answer; returns the types of its results. */
export function emitServiceCall(
  emitter: InstructionEmitter,
  index: number,
  loadArguments: (count: number) => void,
  pushFrame: () => void,
): readonly ValueType[] {
  const { flow, module, host } = emitter.context;
  const { stack, writer } = emitter;
  const opcode = flow.opcodes[index];
  const [params, results] = serviceType(module, opcode, flow.a[index]) as readonly [
    readonly ValueType[],
    readonly ValueType[],
  ];
  loadArguments(params.length);
  if (opcode !== OP.memory_copy && opcode !== OP.memory_fill) {
    writer.int(flow.a[index]);
    writer.int(flow.b[index]);
  }
  pushFrame();
  writer.call(declareService(module, host, opcode, flow.a[index]));
  stack.pop(params.length);
  return results;
}
