// One access of guest memory: the address, the look into the core's access filter, and the operation on the host address.
//
// A filter entry {tag, base} says that the line at guest address `tag` is at host address `base`, with the rights and the cache
// state that the access needs. The comparison is made on 64 bits, so an address that exceeds 32 bits never hits.
import {
  CORE_STORES_PENDING,
  FILTER_ENTRIES,
  FILTER_KERNEL,
  FILTER_READ,
  FILTER_WRITE,
  LEFT,
  POINT_BYTES,
  REG_HOST_ADDRESS,
  REG_OPERAND,
} from '../state/layout.ts';
import { type MemoryAccess, OP, OPCODES } from '../wasm/opcodes.ts';
import { I32, I64 } from '../wasm/types.ts';
import { type CodeWriter, FUNCTION_LABEL } from './code-writer.ts';
import type { TranslationOptions } from './context.ts';
import { type AccessHelper, accessHelperType, type HostIndex } from './host-module.ts';
import { type InstructionEmitter, storeOpcode } from './instruction-emitter.ts';
import { OPERAND_TYPES } from './instruction-kinds.ts';

/** Offset in a core's record of the filter that an access looks into. */
function filterOf(write: boolean, privilege: TranslationOptions['privilege']): number {
  return (write ? FILTER_WRITE : FILTER_READ) + (privilege === 'kernel' ? FILTER_KERNEL : 0);
}

function accessOf(emitter: InstructionEmitter, index: number): MemoryAccess {
  return OPCODES[emitter.context.flow.opcodes[index]]?.access as MemoryAccess;
}

/** Host local that holds the operand which a store or an atomic update writes or combines. */
function operandLocal(emitter: InstructionEmitter, access: MemoryAccess): number {
  return emitter.locals.operands[OPERAND_TYPES.indexOf(access.type)];
}

/** A spare local of the access's integer type. */
function spareLocal(emitter: InstructionEmitter, access: MemoryAccess): number {
  return access.type === I64 ? emitter.locals.next : emitter.locals.entry;
}

/** Takes the operands off the operand stack: operand and address into their locals, the rest into variables. */
export function emitAddress(emitter: InstructionEmitter, index: number): void {
  const { flow } = emitter.context;
  const { stack, writer, locals } = emitter;
  const access = accessOf(emitter, index);
  if (access.kind !== 'load') {
    stack.makeCanonical(1);
    stack.load(1);
    writer.set(operandLocal(emitter, access));
    stack.pop(1);
  }
  if (access.kind === 'cmpxchg') {
    // The expected value is an operand stack variable at the address's position: see the flow.
    stack.load(2);
    writer.set(spareLocal(emitter, access));
    emitOffset(emitter, flow.b[index]);
    stack.pop(2);
    writer.get(spareLocal(emitter, access));
    writer.set(locals.of(stack.slot(stack.height, access.type)));
  } else {
    stack.load(1);
    emitOffset(emitter, flow.b[index]);
    stack.pop(1);
  }
  stack.settleBelow(0);
}

function emitOffset(emitter: InstructionEmitter, offset: number): void {
  const { writer, locals } = emitter;
  writer.op(OP.i64_extend_i32_u);
  if (offset > 0) {
    writer.long(BigInt(offset));
    writer.op(OP.i64_add);
  }
  writer.set(locals.address);
}

/** Leaves on the host's stack whether the filter does not know the access. */
export function emitFilterCheck(emitter: InstructionEmitter, index: number): void {
  const { writer, locals } = emitter;
  const access = accessOf(emitter, index);
  const { lineBytes, privilege } = emitter.context.options;
  writer.get(locals.address);
  writer.get(locals.address);
  writer.op(OP.i32_wrap_i64);
  writer.int(Math.log2(lineBytes) - 3);
  writer.op(OP.i32_shr_u);
  writer.int((FILTER_ENTRIES - 1) << 3);
  writer.op(OP.i32_and);
  writer.get(locals.core);
  writer.op(OP.i32_add);
  writer.tee(locals.entry);
  writer.memory(OP.i64_load32_u, filterOf(access.kind !== 'load', privilege));
  writer.op(OP.i64_sub);
  writer.tee(locals.next);
  writer.long(BigInt(lineBytes - access.sizeBytes));
  writer.op(OP.i64_gt_u);
  if (!access.atomic) return;
  emitOddities(emitter, access);
  writer.op(OP.i32_or);
}

/** Leaves non-zero on the host's stack where an atomic access must not go by the filter: unaligned, or before stores that are under way. */
function emitOddities({ writer, locals }: InstructionEmitter, { sizeBytes }: MemoryAccess): void {
  writer.get(locals.address);
  writer.op(OP.i32_wrap_i64);
  writer.int(sizeBytes - 1);
  writer.op(OP.i32_and);
  writer.get(locals.core);
  writer.memory(OP.i32_load, CORE_STORES_PENDING);
  writer.op(OP.i32_or);
}

/** After a hit: leaves the access's host address on the host's stack. */
export function emitHostAddress(emitter: InstructionEmitter, index: number): void {
  const { writer, locals } = emitter;
  const filter = filterOf(accessOf(emitter, index).kind !== 'load', emitter.context.options.privilege);
  writer.get(locals.entry);
  writer.memory(OP.i32_load, filter + 4);
  writer.get(locals.next);
  writer.op(OP.i32_wrap_i64);
  writer.op(OP.i32_add);
}

/**
 * A look into the filter by call, where code is not hot: leaves the host address on the host's stack, or 0 where the filter does not
 * know the access. The functions that do it are added to the host module as they are asked for.
 */
export function emitFind(emitter: InstructionEmitter, index: number): void {
  const { writer, locals, context } = emitter;
  const access = accessOf(emitter, index);
  writer.get(locals.address);
  writer.get(locals.core);
  writer.call(context.host.accessHelper(access.kind !== 'load', access.sizeBytes));
  if (!access.atomic) return;
  writer.int(0);
  emitOddities(emitter, access);
  writer.op(OP.i32_eqz);
  writer.op(OP.select);
}

/**
 * Where code is not hot: the look and the slow path in one call, which leaves the host address on the host's stack. Leaves, by the point's tail,
 * where the slow path does: that has told the machine the time.
 */
export function emitReach(emitter: InstructionEmitter, index: number): void {
  const { writer, locals, context } = emitter;
  const access = accessOf(emitter, index);
  const point = context.flow.pointOf[index];
  const operand = context.operandOf[point];
  writer.get(locals.address);
  writer.get(locals.core);
  writer.get(locals.clock);
  writer.int(context.firstPoint + point);
  if (operand > 0) writer.get(locals.operands[operand - 1]);
  writer.call(context.host.accessHelper(access.kind !== 'load', access.sizeBytes, operand));
  writer.tee(locals.clock);
  writer.long(BigInt(LEFT));
  writer.op(OP.i64_eq);
  emitter.setPoint(emitter.missed(point));
  writer.branchIf(emitter.tail(point));
}

/** Whether `emitReach` can do an access. */
export function canReach(opcode: number): boolean {
  return OPCODES[opcode]?.access?.atomic === false;
}

/** The body of a function that accesses share, as host-module.ts tells of it; it has two locals behind its parameters, an i32 and an i64. */
export function emitAccessHelper(
  writer: CodeWriter,
  host: HostIndex,
  helper: AccessHelper,
  { lineBytes, privilege }: TranslationOptions,
): void {
  const { write, sizeBytes, operand } = helper;
  const [address, core, clock, point, value] = [0, 1, 2, 3, 4];
  const entry = accessHelperType(helper).params.length;
  const distance = entry + 1;
  const filter = filterOf(write, privilege);
  writer.get(address);
  writer.op(OP.i32_wrap_i64);
  writer.int(Math.log2(lineBytes) - 3);
  writer.op(OP.i32_shr_u);
  writer.int((FILTER_ENTRIES - 1) << 3);
  writer.op(OP.i32_and);
  writer.get(core);
  writer.op(OP.i32_add);
  writer.set(entry);
  writer.get(address);
  writer.get(entry);
  writer.memory(OP.i64_load32_u, filter);
  writer.op(OP.i64_sub);
  writer.tee(distance);
  writer.op(OP.i32_wrap_i64);
  writer.get(entry);
  writer.memory(OP.i32_load, filter + 4);
  writer.op(OP.i32_add);
  const pushHit = () => {
    writer.get(distance);
    writer.long(BigInt(lineBytes - sizeBytes));
    writer.op(OP.i64_le_u);
  };
  if (operand === undefined) {
    writer.int(0);
    pushHit();
    writer.op(OP.select);
    return;
  }
  writer.get(clock);
  pushHit();
  writer.branchIf(FUNCTION_LABEL);
  writer.op(OP.drop);
  writer.op(OP.drop);
  if (operand > 0) {
    writer.int(0);
    writer.get(value);
    writer.memory(storeOpcode(OPERAND_TYPES[operand - 1]), REG_OPERAND);
  }
  writer.get(point);
  writer.int(POINT_BYTES);
  writer.op(OP.i32_mul);
  writer.global(host.global('points'));
  writer.op(OP.i32_add);
  writer.get(core);
  writer.get(address);
  writer.get(clock);
  writer.call(host.imported('access'));
  writer.set(clock);
  writer.int(0);
  writer.memory(OP.i32_load, REG_HOST_ADDRESS);
  writer.get(clock);
}

function plainLoad({ type, sizeBytes }: MemoryAccess): number {
  if (type === I32) return [OP.i32_load8_u, OP.i32_load16_u, OP.i32_load][Math.log2(sizeBytes)];
  return [OP.i64_load8_u, OP.i64_load16_u, OP.i64_load32_u, OP.i64_load][Math.log2(sizeBytes)];
}

function plainStore({ type, sizeBytes }: MemoryAccess): number {
  if (type === I32) return [OP.i32_store8, OP.i32_store16, OP.i32_store][Math.log2(sizeBytes)];
  return [OP.i64_store8, OP.i64_store16, OP.i64_store32, OP.i64_store][Math.log2(sizeBytes)];
}

/** The operation itself, on the host address that is on the host's stack. Its result, if any, is pushed. */
export function emitOperation(emitter: InstructionEmitter, index: number): void {
  const { stack, writer } = emitter;
  const opcode = emitter.context.flow.opcodes[index];
  const access = accessOf(emitter, index);
  switch (access.kind) {
    case 'load':
      writer.memory(access.atomic ? plainLoad(access) : opcode, 0);
      stack.pushHost(access.type);
      return;
    case 'store':
      writer.get(operandLocal(emitter, access));
      writer.memory(access.atomic ? plainStore(access) : opcode, 0);
      return;
    default:
      emitUpdate(emitter, access);
      stack.pushHost(access.type);
  }
}

/** An atomic update. Only one core runs at a time on the host, so a plain load, operation and store are atomic. */
function emitUpdate(emitter: InstructionEmitter, access: MemoryAccess): void {
  const { stack, writer, locals } = emitter;
  const old = spareLocal(emitter, access);
  const operand = operandLocal(emitter, access);
  writer.tee(locals.host);
  writer.memory(plainLoad(access), 0);
  writer.set(old);
  if (access.kind === 'cmpxchg') {
    const wide = access.type === I64;
    writer.get(old);
    writer.get(locals.of(stack.slot(stack.height, access.type)));
    // A narrow exchange compares what a load of its width would give.
    if (access.sizeBytes < (wide ? 8 : 4)) {
      const mask = (1n << BigInt(8 * access.sizeBytes)) - 1n;
      if (wide) writer.long(mask);
      else writer.int(Number(mask));
      writer.op(wide ? OP.i64_and : OP.i32_and);
    }
    writer.op(wide ? OP.i64_eq : OP.i32_eq);
    writer.open(OP.if);
    writer.get(locals.host);
    writer.get(operand);
    writer.memory(plainStore(access), 0);
    writer.close();
  } else {
    writer.get(locals.host);
    if (access.operation === 'xchg') {
      writer.get(operand);
    } else {
      writer.get(old);
      writer.get(operand);
      writer.op(combine(access));
    }
    writer.memory(plainStore(access), 0);
  }
  writer.get(old);
}

function combine(access: MemoryAccess): number {
  const wide = access.type === I64;
  switch (access.operation) {
    case 'add':
      return wide ? OP.i64_add : OP.i32_add;
    case 'sub':
      return wide ? OP.i64_sub : OP.i32_sub;
    case 'and':
      return wide ? OP.i64_and : OP.i32_and;
    case 'or':
      return wide ? OP.i64_or : OP.i32_or;
    default:
      return wide ? OP.i64_xor : OP.i32_xor;
  }
}
