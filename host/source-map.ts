// Guest code addresses as source lines. A compiler's source map names, for byte offsets in the module, the file and line
// that the instruction comes from; AssemblyScript writes one with `--sourceMap` and points to it from the custom section
// `sourceMappingURL`.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TraceMap, traceSegment } from '@jridgewell/trace-mapping';

export interface SourcePosition {
  /** As the map names it, without leading `../`. */
  file: string;
  line: number;
  column: number;
}

export class SourceMap {
  private readonly map: TraceMap;

  /** Throws when the text is not a source map. */
  constructor(json: string) {
    this.map = new TraceMap(json);
  }

  /**
   * The map that a module asks for, or undefined when it names none or none can be read: a missing map makes messages
   * poorer, never fails a run. `url` is relative to the module's file or a `data:` URL; nothing is fetched.
   */
  static find(url: string | undefined, moduleFile: string): SourceMap | undefined {
    try {
      const text = url === undefined ? undefined : readMap(url, moduleFile);
      return text === undefined ? undefined : new SourceMap(text);
    } catch {
      return undefined;
    }
  }

  /** The source of the instruction at a byte offset in the module. */
  position(offset: number): SourcePosition | undefined {
    return this.positionBefore(offset, offset);
  }

  /** The source of the last instruction up to `offset` that has one. Its piece of code must reach to `first`; an optimiser leaves instructions without. */
  positionBefore(offset: number, first: number): SourcePosition | undefined {
    // In a WebAssembly source map the whole module is line 1 (0 in a segment), and columns are byte offsets.
    let segment = traceSegment(this.map, 0, offset);
    while (segment?.length === 1 && segment[0] > first) segment = traceSegment(this.map, 0, segment[0] - 1);
    if (segment === null || segment.length === 1) return undefined;
    const [, source, line, column] = segment;
    // The plain name: AssemblyScript's `sourceRoot` is the module's own name, which is no folder.
    const file = this.map.sources[source] ?? '';
    return { file: file.replace(/^(\.\.?\/)+/, ''), line: line + 1, column };
  }
}

function readMap(url: string, moduleFile: string): string | undefined {
  const data = /^data:[^,]*?(;base64)?,/.exec(url);
  if (data !== null) {
    const body = url.slice(data[0].length);
    return data[1] === undefined ? decodeURIComponent(body) : Buffer.from(body, 'base64').toString('utf8');
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) return undefined;
  return readFileSync(path.resolve(path.dirname(moduleFile), decodeURIComponent(url)), 'utf8');
}
