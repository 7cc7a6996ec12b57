// The end of a kernel that cannot go on: a message, then a WebAssembly trap, at which the machine stops and tells the calls that led here with
// their lines in the source. `abort` of AssemblyScript (`throw`, `assert`, an index out of bounds) ends the same way (`--use abort=stopOnAbort`).
import { out } from './console';
import { coreId, cycles } from './machine';

export function panic(message: string): void {
  out.text('panic: ').text(message).text(' (core ').number(coreId()).text(', cycle ').number(cycles()).text(')').end();
  unreachable();
}

@global
export function stopOnAbort(message: string | null, file: string | null, line: i32, column: i32): void {
  out.text('panic: ');
  if (message !== null) out.text(message);
  if (file !== null) out.text(' at ').text(file).text(':').number(line).text(':').number(column);
  out.text(' (core ').number(coreId()).text(', cycle ').number(cycles()).text(')').end();
  unreachable();
}
