// Validates a decoded module (specification chapter 3): types, indices, constant expressions, segments, exports, and the code.
import { invalid, unsupported, type WasmError } from './errors.ts';
import * as features from './features.ts';
import { MAX_MEMORY_PAGES } from './limits.ts';
import {
  type ConstExpr,
  type ElementSegment,
  FUNCREF,
  I32,
  type Limits,
  type Module,
  SECTION,
  typeName,
  type ValueType,
} from './types.ts';
import { CodeValidator } from './validate-code.ts';

/** Throws a WasmError for a module that breaks a rule of validation, or whose code is malformed or needs what the machine lacks. */
export function validateModule(module: Module): void {
  new ModuleValidator(module).run();
}

class ModuleValidator {
  readonly #module: Module;
  readonly #importedGlobals: number;
  /** Functions that are named outside of function bodies, and may be the operand of `ref.func`. */
  readonly #declared: Uint8Array;

  constructor(module: Module) {
    this.#module = module;
    this.#importedGlobals = module.imports.filter((item) => item.kind === 'global').length;
    this.#declared = new Uint8Array(module.functions.length);
  }

  run(): void {
    this.#functions();
    this.#tables();
    this.#memories();
    this.#globals();
    this.#exports();
    this.#start();
    this.#elements();
    this.#data();
    this.#code();
  }

  #error(section: number, message: string): WasmError {
    return invalid(message, this.#module.sectionOffsets.get(section) ?? 0);
  }

  #functions(): void {
    const { functions, importedFunctions, types } = this.#module;
    for (let i = 0; i < functions.length; i++) {
      if (functions[i] < types.length) continue;
      const section = i < importedFunctions ? SECTION.import : SECTION.function;
      throw this.#error(section, `unknown type ${functions[i]} of function ${i}`);
    }
  }

  #tables(): void {
    for (const { limits } of this.#module.tables) this.#limits(SECTION.table, limits, 'table', 0xffff_ffff);
  }

  #memories(): void {
    const { memories, sectionOffsets } = this.#module;
    if (memories.length > 1) {
      const offset = sectionOffsets.get(SECTION.memory) ?? sectionOffsets.get(SECTION.import) ?? 0;
      throw unsupported(`${features.MULTI_MEMORY}: multiple memories`, offset);
    }
    for (const memory of memories) {
      this.#limits(SECTION.memory, memory, 'memory', MAX_MEMORY_PAGES);
      if (memory.shared && memory.max === undefined) {
        throw this.#error(SECTION.memory, 'shared memory must have a maximum');
      }
    }
  }

  #limits(section: number, { min, max }: Limits, what: string, largest: number): void {
    if (min > largest || (max !== undefined && max > largest)) {
      throw this.#error(section, `${what} size must be at most ${largest} pages (4 GiB)`);
    }
    if (max !== undefined && min > max) {
      throw this.#error(section, `size minimum must not be greater than maximum: ${what} of ${min} to ${max}`);
    }
  }

  #globals(): void {
    this.#module.globals.forEach(({ type, init }, i) => {
      if (init) this.#constant(SECTION.global, init, type.type, `global ${i}`);
    });
  }

  #constant(section: number, expression: ConstExpr, expected: ValueType, where: string): void {
    const type = this.#constantType(section, expression, where);
    if (type === expected) return;
    throw this.#error(section, `type mismatch: ${where} expects ${typeName(expected)}, found ${typeName(type)}`);
  }

  #constantType(section: number, expression: ConstExpr, where: string): ValueType {
    if (expression.kind === 'const' || expression.kind === 'ref.null') return expression.type;
    const { index } = expression;
    if (expression.kind === 'ref.func') {
      if (index >= this.#module.functions.length) throw this.#error(section, `unknown function ${index} in ${where}`);
      this.#declared[index] = 1;
      return FUNCREF;
    }
    const global = this.#module.globals[index];
    if (global === undefined) throw this.#error(section, `unknown global ${index} in ${where}`);
    if (index >= this.#importedGlobals) {
      const message = `unknown global ${index} in ${where}: a constant expression may use imported globals only`;
      throw this.#error(section, message);
    }
    if (global.type.mutable) {
      throw this.#error(section, `constant expression required: global ${index} in ${where} is mutable`);
    }
    return global.type.type;
  }

  #exports(): void {
    const module = this.#module;
    const counts = {
      function: module.functions.length,
      table: module.tables.length,
      memory: module.memories.length,
      global: module.globals.length,
    };
    const names = new Set<string>();
    for (const { name, kind, index } of module.exports) {
      if (index >= counts[kind]) throw this.#error(SECTION.export, `unknown ${kind} ${index} in export "${name}"`);
      if (names.has(name)) throw this.#error(SECTION.export, `duplicate export name "${name}"`);
      names.add(name);
      if (kind === 'function') this.#declared[index] = 1;
    }
  }

  #start(): void {
    const { start, functions, types } = this.#module;
    if (start === undefined) return;
    if (start >= functions.length) throw this.#error(SECTION.start, `unknown function ${start} as start function`);
    const { params, results } = types[functions[start]];
    if (params.length > 0 || results.length > 0) {
      throw this.#error(SECTION.start, `start function ${start} must have no parameters and no results`);
    }
  }

  #elements(): void {
    this.#module.elements.forEach((segment, i) => {
      this.#element(segment, `elem segment ${i}`);
    });
  }

  #element(segment: ElementSegment, where: string): void {
    const section = SECTION.element;
    if (segment.offset) {
      const table = this.#module.tables[segment.table];
      if (table === undefined) throw this.#error(section, `unknown table ${segment.table} in ${where}`);
      if (table.element !== segment.type) {
        const found = `${typeName(segment.type)} for a table of ${typeName(table.element)}`;
        throw this.#error(section, `type mismatch: ${where} is of ${found}`);
      }
      this.#constant(section, segment.offset, I32, where);
    }
    for (const item of segment.items) this.#constant(section, item, segment.type, where);
  }

  #data(): void {
    const { data, memories } = this.#module;
    data.forEach((segment, i) => {
      if (!segment.offset) return;
      if (segment.memory >= memories.length) {
        throw this.#error(SECTION.data, `unknown memory ${segment.memory} in data segment ${i}`);
      }
      this.#constant(SECTION.data, segment.offset, I32, `data segment ${i}`);
    });
  }

  #code(): void {
    const { code, importedFunctions } = this.#module;
    const validator = new CodeValidator(this.#module, this.#declared);
    for (let i = 0; i < code.length; i++) validator.validate(importedFunctions + i, code[i]);
  }
}
