// A guest module as messages and listings speak of it: functions by name and code offsets as `file.ts:line`. Names come
// from the custom section `name`, then from exports; lines from the source map.
import type { Image } from '../machine/index.ts';
import { decodeNames, sourceMappingUrl } from '../machine/index.ts';
import { SourceMap, type SourcePosition } from './source-map.ts';

export class GuestCode {
  private readonly names: Map<number, string>;
  private readonly sourceMap: SourceMap | undefined;
  private readonly module: Image['module'];

  /** `file` is where the module came from; its source map is looked for beside it. */
  constructor(module: Image['module'], file: string) {
    this.module = module;
    this.names = functionNames(module);
    this.sourceMap = SourceMap.find(sourceMappingUrl(module), file);
  }

  /** Without the path of the source file that AssemblyScript puts before it. */
  functionName(index: number): string {
    return this.names.get(index)?.replace(/^([\w~.@-]+\/)+(?=[^/])/, '') ?? `function ${index}`;
  }

  /** Indices of the functions with this name, whole or without its path, or with this index as text. */
  findFunctions(nameOrIndex: string): number[] {
    const found = [...this.names.keys()].filter(
      (index) => this.names.get(index) === nameOrIndex || this.functionName(index) === nameOrIndex,
    );
    return found.length === 0 && /^\d+$/.test(nameOrIndex) ? [Number(nameOrIndex)] : found;
  }

  /** `file.ts:line` of the instruction at a byte offset in the module, where the source map knows it. */
  sourceLine(offset: number): string | undefined {
    return lineOf(this.sourceMap?.position(offset));
  }

  /**
   * `divide (fault.ts:12)`; `divide (near fault.ts:12)` where the optimiser has left the instruction without a line, and one before it in the function
   * has that; `divide (offset 0x1f3)` without a source map.
   */
  location(functionIndex: number, offset: number): string {
    const line = this.sourceLine(offset) ?? this.lineBefore(functionIndex, offset) ?? `offset 0x${offset.toString(16)}`;
    return `${this.functionName(functionIndex)} (${line})`;
  }

  private lineBefore(functionIndex: number, offset: number): string | undefined {
    const body = this.module.code[functionIndex - this.module.importedFunctions];
    const line = body === undefined ? undefined : lineOf(this.sourceMap?.positionBefore(offset, body.start));
    return line === undefined ? undefined : `near ${line}`;
  }
}

function lineOf(position: SourcePosition | undefined): string | undefined {
  return position === undefined ? undefined : `${position.file}:${position.line}`;
}

function functionNames(module: Image['module']): Map<number, string> {
  const names = new Map<number, string>();
  for (const { kind, name, index } of module.exports) if (kind === 'function') names.set(index, name);
  for (const [index, name] of decodeNames(module).functions) names.set(index, name);
  return names;
}
