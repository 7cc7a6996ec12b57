// Decodes element segments, data segments and function bodies (specification 5.5.12 to 5.5.14).
import type { ByteReader } from './byte-reader.ts';
import { decodeConstExpr, decodeReferenceType, decodeValueType } from './decode-types.ts';
import { malformed, tooLarge } from './errors.ts';
import { MAX_FUNCTION_SIZE_BYTES, MAX_LOCALS } from './limits.ts';
import {
  type ConstExpr,
  type DataSegment,
  type ElementSegment,
  FUNCREF,
  type FunctionBody,
  type LocalRun,
  type ValueType,
} from './types.ts';

const PASSIVE_OR_DECLARATIVE = 1;
const EXPLICIT_INDEX = 2;
const EXPRESSIONS = 4;

export function decodeElementSegment(input: ByteReader): ElementSegment {
  const start = input.position;
  const flags = input.u32();
  if (flags > 7) throw malformed(`malformed element segment kind ${flags}`, start);
  const isActive = (flags & PASSIVE_OR_DECLARATIVE) === 0;
  const hasIndex = (flags & EXPLICIT_INDEX) !== 0;
  const table = isActive && hasIndex ? input.u32() : 0;
  const offset = isActive ? decodeConstExpr(input) : undefined;
  const isPlain = (flags & (PASSIVE_OR_DECLARATIVE | EXPLICIT_INDEX)) === 0;
  const hasExpressions = (flags & EXPRESSIONS) !== 0;
  const type = isPlain ? FUNCREF : hasExpressions ? decodeReferenceType(input) : decodeElementKind(input);
  const items: ConstExpr[] = [];
  const count = input.count();
  for (let i = 0; i < count; i++) {
    items.push(hasExpressions ? decodeConstExpr(input) : { kind: 'ref.func', index: input.u32() });
  }
  return { mode: isActive ? 'active' : hasIndex ? 'declarative' : 'passive', table, offset, type, items };
}

function decodeElementKind(input: ByteReader): ValueType {
  const kind = input.u8();
  if (kind !== 0) throw malformed(`malformed element kind ${kind}`, input.position - 1);
  return FUNCREF;
}

export function decodeDataSegment(input: ByteReader): DataSegment {
  const start = input.position;
  const flags = input.u32();
  if (flags > 2) throw malformed(`malformed data segment kind ${flags}`, start);
  const memory = flags === 2 ? input.u32() : 0;
  const offset = flags === 1 ? undefined : decodeConstExpr(input);
  return { mode: flags === 1 ? 'passive' : 'active', memory, offset, bytes: input.slice(input.u32()) };
}

/** A body keeps its locals as they were declared: 50,000 locals are five bytes, and expanded only when they are looked at. */
class Body implements FunctionBody {
  readonly localRuns: LocalRun[];
  readonly start: number;
  readonly end: number;

  constructor(localRuns: LocalRun[], start: number, end: number) {
    this.localRuns = localRuns;
    this.start = start;
    this.end = end;
  }

  get locals(): ValueType[] {
    const types: ValueType[] = [];
    for (const { count, type } of this.localRuns) {
      for (let i = 0; i < count; i++) types.push(type);
    }
    return types;
  }
}

export function decodeFunctionBody(input: ByteReader): FunctionBody {
  const sizeOffset = input.position;
  const size = input.u32();
  const start = input.position;
  if (size > input.remaining) throw malformed('unexpected end: length of a function body out of bounds', sizeOffset);
  if (size > MAX_FUNCTION_SIZE_BYTES) throw tooLarge('bytes in a function', size, MAX_FUNCTION_SIZE_BYTES, sizeOffset);
  const end = start + size;
  const localRuns: LocalRun[] = [];
  let locals = 0;
  const runs = input.count();
  for (let i = 0; i < runs; i++) {
    const count = input.u32();
    locals += count;
    localRuns.push({ count, type: decodeValueType(input) });
  }
  if (input.position > end) throw malformed('unexpected end of a function body', end);
  if (locals > 0xffff_ffff) throw malformed('too many locals', start);
  if (locals > MAX_LOCALS) throw tooLarge('locals in a function', locals, MAX_LOCALS, start);
  const body = new Body(localRuns, input.position, end);
  input.position = end;
  return body;
}
