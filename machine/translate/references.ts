// Globals, references, indirect calls and the instructions that are calls of built-in functions (services).
//
// A guest global is a cell of eight bytes in machine memory. A function reference is an index of the host's function table, 0 for
// null. A guest table is a record {length, entries, capacity}; an entry is {reference, signature id}. Where cells and records are the host
// module is told by imported constants: addresses or, in images that run in links, distances in the block of the link that runs. No frame
// holds an address of a block, so a context can go on in a copy of its link.
import { CORE_LINK, REG_CORE, TABLE_ENTRIES, TABLE_LENGTH } from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import { FUNCREF, type FunctionType, I32, type Module, type ValueType } from '../wasm/types.ts';
import { directType, type HostIndex } from './host-module.ts';
import { type InstructionEmitter, loadOpcode, storeOpcode } from './instruction-emitter.ts';
import { serviceType } from './instruction-kinds.ts';

/** Number of a module's globals that are imported. */
export function importedGlobals(module: Module): number {
  return module.imports.filter((item) => item.kind === 'global').length;
}

/** Leaves the address of what the constant `name` says where it is. */
function emitPlace(emitter: InstructionEmitter, name: string): void {
  const { host, options } = emitter.context;
  const { writer } = emitter;
  if (options.linked) {
    writer.int(0);
    writer.memory(OP.i32_load, REG_CORE);
    writer.memory(OP.i32_load, CORE_LINK);
    writer.global(host.global(name));
    writer.op(OP.i32_add);
  } else {
    writer.global(host.global(name));
  }
}

/** At the beginning of a body: where the module's own globals are in the link that runs, for those that use any. */
export function emitLink(emitter: InstructionEmitter): void {
  const { flow, module, options } = emitter.context;
  const first = importedGlobals(module);
  const isOwn = (opcode: number, i: number) =>
    (opcode === OP.global_get || opcode === OP.global_set) && flow.a[i] >= first;
  if (!options.linked || !flow.opcodes.some(isOwn)) return;
  emitPlace(emitter, 'globals');
  emitter.writer.set(emitter.locals.globals);
}

/** global.get or global.set. */
export function emitGlobal(emitter: InstructionEmitter, index: number): void {
  const { flow, module, options } = emitter.context;
  const { stack, writer, locals } = emitter;
  const number = flow.a[index];
  const type = module.globals[number].type.type;
  const first = importedGlobals(module);
  const offset = number < first ? 0 : 8 * (number - first);
  const place = () => {
    if (options.linked && number >= first) writer.get(locals.globals);
    else emitPlace(emitter, number < first ? `g${number}` : 'globals');
  };
  if (flow.opcodes[index] === OP.global_get) {
    place();
    writer.memory(loadOpcode(type), offset);
    stack.pushHost(type);
    return;
  }
  const value = locals.of(stack.slot(stack.height - 1, type));
  stack.makeCanonical(1);
  stack.load(1);
  writer.set(value);
  place();
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
  const table = `t${flow.b[index]}`;
  const selector = locals.operands[0];
  stack.load(1);
  writer.tee(selector);
  stack.pop(1);
  emitPlace(emitter, table);
  writer.memory(OP.i32_load, TABLE_LENGTH);
  writer.op(OP.i32_ge_u);
  emitter.trapIf(trap);
  emitPlace(emitter, table);
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
