// `manycore disassemble`: the guest's text as wabt writes it, with what the machine makes of each instruction beside it:
// its byte offset, the cycles that it costs, and whether execution can leave there (and, but for a trap, resume).
import { type Image, InstructionReader, Machine, OP, OPCODES, TICKS_PER_CYCLE } from '../../machine/index.ts';
import { GuestCode } from '../guest-code.ts';
import { readModuleFile, WABT_FEATURES } from '../module-file.ts';
import { EXIT } from './exit-codes.ts';
import { explainLoading } from './explain.ts';
import { CommandFailure } from './failure.ts';
import { paint, type Terminal } from './terminal.ts';

/** What stands beside one instruction. */
export interface InstructionNote {
  /** Byte offset in the module. */
  offset: number;
  /** Undefined where execution never comes. */
  costCycles: number | undefined;
  /** How execution can leave here: `loop`, `access`, `call` (and resume), or `trap`. */
  point: string | undefined;
}

export interface ListedFunction {
  index: number;
  header: string[];
  /** One text line per instruction, in the order of the binary. */
  instructions: string[];
}

/** The functions in a module's text. In wabt's unfolded text a line of a body is one instruction of the binary. */
export function functionsOfText(text: string, importedFunctions: number): ListedFunction[] {
  const functions: ListedFunction[] = [];
  let current: ListedFunction | undefined;
  for (const line of text.split('\n')) {
    if (/^ {2}\(func /.test(line)) {
      current = { index: importedFunctions + functions.length, header: [line.trim()], instructions: [] };
      functions.push(current);
    } else if (/^ {2}\(/.test(line)) {
      current = undefined;
    } else if (current !== undefined && /^ {4}\(local /.test(line)) {
      current.header.push(line.trim());
    } else if (current !== undefined) {
      current.instructions.push(line.slice(4));
    }
    closeFunction(current, line);
  }
  return functions;
}

/** wabt closes a function (and the module) on its last line; these parentheses belong to no instruction. */
function closeFunction(current: ListedFunction | undefined, line: string): void {
  if (current === undefined || !/\)$/.test(line)) return;
  const last = current.instructions.length - 1;
  const text = current.instructions[last];
  if (text === undefined) return;
  let depth = 0;
  for (const character of text.replace(/\(;.*?;\)/g, '')) depth += character === '(' ? 1 : character === ')' ? -1 : 0;
  if (depth < 0) current.instructions[last] = text.slice(0, text.length + depth);
}

/** Lines of the listing of one function. `notes` is parallel to the instructions of the body. */
export function listFunction(listed: ListedFunction, notes: InstructionNote[], code: GuestCode): string[] {
  const lines = listed.header.map((line, i) => `${' '.repeat(COLUMNS_WIDTH)}${i === 0 ? '' : '  '}${line}`);
  let lastSource = '';
  listed.instructions.forEach((text, i) => {
    const note = notes[i];
    const source = note === undefined ? '' : (code.sourceLine(note.offset) ?? '');
    const offset = note === undefined ? '' : note.offset.toString(16).padStart(6, '0');
    const cost = note?.costCycles ? String(note.costCycles) : '';
    const left = `${offset.padEnd(8)}${cost.padStart(6)}  ${(note?.point ?? '').padEnd(10)}`;
    const right = source !== '' && source !== lastSource ? `  ;; ${source}` : '';
    if (source !== '') lastSource = source;
    lines.push(`${left}  ${text}${right}`.trimEnd());
  });
  return lines;
}

const COLUMNS_WIDTH = 28;

export const LISTING_HEADER = `${'offset'.padEnd(8)}${'cycles'.padStart(6)}  ${'leaves'.padEnd(10)}  instruction`;

export async function runDisassemble(terminal: Terminal, file: string, name: string | undefined): Promise<number> {
  const bytes = await readModuleFile(file);
  const image = loadImage(bytes, file);
  const code = new GuestCode(image.module, file);
  const wanted = name === undefined ? undefined : new Set(code.findFunctions(name));
  const all = functionsOfText(await textOf(bytes), image.module.importedFunctions);
  const functions = all.filter(({ index }) => wanted?.has(index) ?? true);
  if (wanted !== undefined && functions.length === 0) {
    throw new CommandFailure(EXIT.usage, `${file} has no function "${name}" of its own`, {
      hint: 'give its name or its index',
    });
  }
  terminal.stdout.write(`${paint(terminal, terminal.stdout, 'bold', LISTING_HEADER)}\n`);
  for (const listed of functions) {
    terminal.stdout.write(`${listFunction(listed, notesOf(image, listed.index), code).join('\n')}\n\n`);
  }
  return EXIT.ok;
}

function loadImage(bytes: Uint8Array, file: string): Image {
  try {
    return new Machine({ cores: 1 }).load(bytes);
  } catch (error) {
    throw explainLoading(error, file);
  }
}

async function textOf(bytes: Uint8Array): Promise<string> {
  const wabt = await (await import('wabt')).default();
  const module = wabt.readWasm(bytes, { readDebugNames: true, ...WABT_FEATURES });
  try {
    module.applyNames();
    return module.toText({ foldExprs: false, inlineExport: true });
  } finally {
    module.destroy();
  }
}

/** Parallel to the instructions of the binary. What the translator dropped as unreachable has no cost and no point. */
function notesOf(image: Image, functionIndex: number): InstructionNote[] {
  const { module } = image;
  const body = module.code[functionIndex - module.importedFunctions];
  if (body === undefined) return [];
  const { flow, charges } = image.analyse(functionIndex);
  const ticks = new Map(flow.offsets.map((offset, i) => [offset, charges.ticks[i]]));
  // The first point is the function's entry, which stands at no instruction of its own.
  const leaving = new Set(flow.points.slice(1).map(({ offset }) => offset));
  const notes: InstructionNote[] = [];
  const reader = new InstructionReader(module.bytes, body.start, body.end);
  while (!reader.done) {
    reader.next();
    const { offset, opcode } = reader;
    const cost = ticks.get(offset);
    const costCycles = cost === undefined ? undefined : cost / TICKS_PER_CYCLE;
    notes.push({ offset, costCycles, point: leaving.has(offset) ? pointName(opcode) : undefined });
  }
  return notes;
}

function pointName(opcode: number): string {
  if (opcode === OP.loop) return 'loop';
  if (OPCODES[opcode]?.access !== undefined) return 'access';
  const cost = OPCODES[opcode]?.cost;
  return opcode === OP.unreachable || cost === 'divide' || cost === 'convert' ? 'trap' : 'call';
}
