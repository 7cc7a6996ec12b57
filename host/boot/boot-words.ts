// The text that a kernel finds as its command line: words `key=value`, then `--` and the program with its arguments. What would separate words,
// and the percent sign itself, is written %XX, byte by byte in UTF-8.

export interface BootRequest {
  /** Options of the kernel: `locks=fine`. */
  readonly options: readonly string[];
  /** Guest paths of the files that are to be saved at the end. */
  readonly exports: readonly string[];
  /** The program that becomes the first process, with its arguments; an interactive shell when there is none. */
  readonly program: readonly string[];
}

export function bootWords({ options, exports, program }: BootRequest): string {
  const words = [...options.map(encodeWord), ...exports.map((path) => `export=${encodeWord(path)}`)];
  if (program.length > 0) words.push('--', ...program.map(encodeWord));
  return words.join(' ');
}

/** An empty word is a lone %. */
function encodeWord(word: string): string {
  if (word === '') return '%';
  return [...Buffer.from(word, 'utf8')].map(encodeByte).join('');
}

function encodeByte(byte: number): string {
  const plain = byte > 0x20 && byte < 0x7f && byte !== 0x25;
  return plain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
}
