// What a module's functions use beside memory, frames and clock: which functions they call, which mutable globals they use, and which of these globals
// no longer change when the start function is done. For cores that poll: see machine/core/settled-code.ts.
import { InstructionReader } from '../wasm/instruction-reader.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ConstExpr, FunctionBody, Module } from '../wasm/types.ts';
import { importedGlobals } from './references.ts';

/** What a piece of code uses. */
export interface CodeUses {
  /** Functions that are called by their index. */
  readonly callees: ReadonlySet<number>;
  /** Mutable globals that are read, and that are written. */
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
  /** Functions of which a reference is made. */
  readonly references: ReadonlySet<number>;
  /** Whether a function is called by its place in a table. */
  readonly indirect: boolean;
}

/** A loop that is in no other, from one byte offset up to another. */
export interface LoopFacts extends CodeUses {
  readonly start: number;
  readonly end: number;
}

export interface FunctionFacts extends CodeUses {
  readonly loops: readonly LoopFacts[];
}

/** Imported functions (of the module `machine`, and `env.abort`) during which no other code of the caller's module begins to run on any core. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['cycles', 'core_id', 'core_count', 'pause', 'fence', 'log', 'mark', 'report', 'prefetch', 'line_zero'].map(
    (name) => `machine.${name}`,
  ),
  'env.abort',
]);

class Uses implements CodeUses {
  readonly callees = new Set<number>();
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();
  readonly references = new Set<number>();
  indirect = false;

  add(module: Module, { opcode, a }: InstructionReader): void {
    if (opcode === OP.call) this.callees.add(a);
    else if (opcode === OP.call_indirect) this.indirect = true;
    else if (opcode === OP.ref_func) this.references.add(a);
    else if (opcode === OP.global_get && module.globals[a].type.mutable) this.reads.add(a);
    else if (opcode === OP.global_set) this.writes.add(a);
  }
}

class LoopUses extends Uses implements LoopFacts {
  readonly start: number;
  end: number;

  constructor(start: number, end: number) {
    super();
    this.start = start;
    this.end = end;
  }
}

class FunctionUses extends Uses implements FunctionFacts {
  readonly loops: LoopUses[] = [];
}

function readFunction(module: Module, body: FunctionBody): FunctionFacts {
  const facts = new FunctionUses();
  const reader = new InstructionReader(module.bytes, body.start, body.end);
  let depth = 0;
  let loop: LoopUses | undefined;
  let loopDepth = 0;
  while (!reader.done) {
    reader.next();
    const { opcode, offset } = reader;
    if (opcode === OP.loop && !loop) {
      loop = new LoopUses(offset, body.end);
      loopDepth = depth;
      facts.loops.push(loop);
    }
    if (opcode === OP.block || opcode === OP.loop || opcode === OP.if) depth++;
    else if (opcode === OP.end) depth--;
    facts.add(module, reader);
    loop?.add(module, reader);
    if (opcode === OP.end && loop && depth === loopDepth) {
      loop.end = offset;
      loop = undefined;
    }
  }
  return facts;
}

/** Functions that somebody may call who is not seen calling them. */
function reachable(module: Module, functions: readonly (FunctionFacts | undefined)[]): Set<number> {
  const found = new Set<number>();
  const add = (expression: ConstExpr | undefined) => {
    if (expression?.kind === 'ref.func') found.add(expression.index);
  };
  for (const { kind, index } of module.exports) if (kind === 'function') found.add(index);
  for (const { items } of module.elements) items.forEach(add);
  for (const { init } of module.globals) add(init);
  for (const facts of functions) for (const index of facts?.references ?? []) found.add(index);
  return found;
}

/** The start function, and those that only it and they call; none where other code may run meanwhile. */
function startCode(module: Module, functions: readonly (FunctionFacts | undefined)[]): Set<number> {
  const { start } = module;
  const own = new Set<number>();
  const outside = reachable(module, functions);
  const imported = module.imports.filter((item) => item.kind === 'function');
  if (start === undefined || outside.has(start) || module.imports.some((item) => item.kind === 'table')) return own;
  if (functions.some((facts) => facts?.callees.has(start))) return own;
  const closure = new Set([start]);
  for (const index of closure) {
    const facts = functions[index];
    if (facts === undefined) {
      const item = imported[index];
      if (item === undefined || !HARMLESS.has(`${item.module}.${item.name}`)) return own;
      continue;
    }
    for (const callee of facts.callees) closure.add(callee);
    if (facts.indirect) for (const callee of outside) closure.add(callee);
  }
  const callers = new Map<number, number[]>();
  functions.forEach((facts, caller) => {
    for (const callee of facts?.callees ?? []) callers.set(callee, [...(callers.get(callee) ?? []), caller]);
  });
  // In the order in which they are found: callers before callees, but for recursion, which is left out.
  for (const index of closure) {
    const known = callers.get(index) ?? [];
    if (index === start || (!outside.has(index) && known.every((caller) => own.has(caller)))) own.add(index);
  }
  return own;
}

/** What is known of a module's code. Nothing is read of it before it is asked for: of most modules, a few functions are. */
export class CodeFacts {
  readonly #module: Module;
  readonly #functions: (FunctionFacts | undefined)[];
  #settled: ReadonlySet<number> | undefined;

  /** The module is valid. `settled`: what is known of it already. */
  constructor(module: Module, settled?: readonly number[]) {
    this.#module = module;
    this.#settled = settled && new Set(settled);
    this.#functions = new Array(module.functions.length);
  }

  /** Of a function by its index; nothing for imported ones. */
  functionFacts(index: number): FunctionFacts | undefined {
    const body = this.#module.code[index - this.#module.importedFunctions];
    if (body !== undefined) this.#functions[index] ??= readFunction(this.#module, body);
    return this.#functions[index];
  }

  /** Mutable globals that nothing writes but the start function and what it alone calls, while nothing else of the module can run. */
  get settled(): ReadonlySet<number> {
    this.#settled ??= settledGlobals(
      this.#module,
      this.#module.functions.map((_, index) => this.functionFacts(index)),
    );
    return this.#settled;
  }
}

function settledGlobals(module: Module, functions: readonly (FunctionFacts | undefined)[]): ReadonlySet<number> {
  const start = startCode(module, functions);
  const settled = new Set<number>();
  for (let index = importedGlobals(module); index < module.globals.length; index++) {
    if (module.globals[index].type.mutable) settled.add(index);
  }
  for (const { kind, index } of module.exports) if (kind === 'global') settled.delete(index);
  functions.forEach((facts, index) => {
    if (!start.has(index)) for (const global of facts?.writes ?? []) settled.delete(global);
  });
  return settled;
}
