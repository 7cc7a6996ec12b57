// The index spaces of a module as its code sees them: each lookup refuses an index that is out of range.
import { malformed } from './errors.ts';
import type { OperandStack, Site } from './operand-stack.ts';
import type { FunctionType, GlobalType, Module, TableType, ValueType } from './types.ts';

export class IndexSpaces {
  readonly #module: Module;
  readonly #stack: OperandStack;
  readonly #site: Site;

  constructor(module: Module, stack: OperandStack, site: Site) {
    this.#module = module;
    this.#stack = stack;
    this.#site = site;
  }

  typeAt(index: number): FunctionType {
    const type = this.#module.types[index];
    if (type === undefined) throw this.#stack.error(`unknown type ${index}`);
    return type;
  }

  functionType(index: number): FunctionType {
    const type = this.#module.functions[index];
    if (type === undefined) throw this.#stack.error(`unknown function ${index}`);
    return this.#module.types[type];
  }

  global(index: number): GlobalType {
    const global = this.#module.globals[index];
    if (global === undefined) throw this.#stack.error(`unknown global ${index}`);
    return global.type;
  }

  table(index: number): TableType {
    const table = this.#module.tables[index];
    if (table === undefined) throw this.#stack.error(`unknown table ${index}`);
    return table;
  }

  memory(): void {
    if (this.#module.memories.length === 0) throw this.#stack.error('unknown memory 0');
  }

  elementSegment(index: number): ValueType {
    const segment = this.#module.elements[index];
    if (segment === undefined) throw this.#stack.error(`unknown elem segment ${index}`);
    return segment.type;
  }

  dataSegment(index: number): void {
    const { dataCount } = this.#module;
    if (dataCount === undefined) throw malformed('data count section required', this.#site.offset);
    if (index >= dataCount) throw this.#stack.error(`unknown data segment ${index}`);
  }
}
