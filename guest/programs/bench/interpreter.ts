// An interpreter for a register machine: four bytes an instruction (operation, three operands), 16 registers in memory, one
// `switch` that compiles to br_table. It runs a program that adds up the lengths of the Collatz sequences of 1 .. 100.
// One unit of work is one run of that program, about 20,000 interpreted instructions. Character: an indirect jump and a few loads and
// stores for each of them, and no structure in the loop that a compiler could use.

const HALT: u8 = 0;
/** a = b * 256 + c */
const CONSTANT: u8 = 1;
const MOVE: u8 = 2;
const ADD: u8 = 3;
const SUBTRACT: u8 = 4;
const MULTIPLY: u8 = 5;
const AND: u8 = 6;
const SHIFT_RIGHT: u8 = 7;
/** Jumps go to instruction c. */
const JUMP: u8 = 8;
const JUMP_IF_EQUAL: u8 = 9;
const JUMP_IF_NOT_EQUAL: u8 = 10;
const JUMP_IF_LESS: u8 = 11;

// Registers of the program below.
const TOTAL: u8 = 0;
const START: u8 = 1;
const LIMIT: u8 = 2;
const VALUE: u8 = 3;
const LENGTH: u8 = 4;
const ONE: u8 = 5;
const THREE: u8 = 6;
const PARITY: u8 = 7;
const SCALE: u8 = 8;

// biome-ignore format: one instruction a line
const COLLATZ: StaticArray<u8> = [
  CONSTANT, TOTAL, 0, 0,
  CONSTANT, START, 0, 1,
  CONSTANT, LIMIT, 0, 101,
  CONSTANT, ONE, 0, 1,
  CONSTANT, THREE, 0, 3,
  CONSTANT, SCALE, 0, 31,
  // 6: the next sequence
  MOVE, VALUE, START, 0,
  CONSTANT, LENGTH, 0, 0,
  // 8: the next number of the sequence
  JUMP_IF_EQUAL, VALUE, ONE, 17,
  ADD, LENGTH, LENGTH, ONE,
  AND, PARITY, VALUE, ONE,
  JUMP_IF_EQUAL, PARITY, ONE, 14,
  SHIFT_RIGHT, VALUE, VALUE, ONE,
  JUMP, 0, 0, 8,
  // 14: after an odd number
  MULTIPLY, VALUE, VALUE, THREE,
  ADD, VALUE, VALUE, ONE,
  JUMP, 0, 0, 8,
  // 17: the end of a sequence
  MULTIPLY, TOTAL, TOTAL, SCALE,
  ADD, TOTAL, TOTAL, LENGTH,
  ADD, START, START, ONE,
  JUMP_IF_LESS, START, LIMIT, 6,
  HALT, TOTAL, 0, 0,
];

const registers: usize = memory.data(16 * sizeof<u32>());

@inline
function get(register: u8): u32 {
  return load<u32>(registers + ((<usize>register) << 2));
}

@inline
function set(register: u8, value: u32): void {
  store<u32>(registers + ((<usize>register) << 2), value);
}

/** Runs the program at `code` until it halts; returns the register that HALT names. */
function interpret(code: usize): u32 {
  let pc: usize = code;
  while (true) {
    const a = load<u8>(pc, 1);
    const b = load<u8>(pc, 2);
    const c = load<u8>(pc, 3);
    const operation = load<u8>(pc);
    pc += 4;
    switch (operation) {
      case HALT:
        return get(a);
      case CONSTANT:
        set(a, ((<u32>b) << 8) | c);
        break;
      case MOVE:
        set(a, get(b));
        break;
      case ADD:
        set(a, get(b) + get(c));
        break;
      case SUBTRACT:
        set(a, get(b) - get(c));
        break;
      case MULTIPLY:
        set(a, get(b) * get(c));
        break;
      case AND:
        set(a, get(b) & get(c));
        break;
      case SHIFT_RIGHT:
        set(a, get(b) >> get(c));
        break;
      case JUMP:
        pc = code + ((<usize>c) << 2);
        break;
      case JUMP_IF_EQUAL:
        if (get(a) == get(b)) pc = code + ((<usize>c) << 2);
        break;
      case JUMP_IF_NOT_EQUAL:
        if (get(a) != get(b)) pc = code + ((<usize>c) << 2);
        break;
      case JUMP_IF_LESS:
        if (get(a) < get(b)) pc = code + ((<usize>c) << 2);
        break;
      default:
        unreachable();
    }
  }
}

/** Runs the program `n` times; returns a checksum over all results. */
export function run(n: i32): i32 {
  let checksum: u32 = 0;
  for (let i = 0; i < n; i++) checksum = checksum * 31 + interpret(changetype<usize>(COLLATZ));
  return checksum;
}
