// Types of program.mjs for the TypeScript that calls it.

export interface CompiledProgram {
  wasm: Uint8Array;
  /** JSON. */
  sourceMap: string;
  warnings: string;
}

export interface ProgramOptions {
  /** Folder to which the entry's path is relative. */
  baseDir: string;
  /** Path of the asconfig.json with the settings. */
  options: string;
  /** Specifier by which the program imports the layer; 'posix' if left out. */
  layer?: string;
  /** Folder with the layer's sources, where the specifier is 'posix'. */
  layerFolder?: string;
  /** Told each file that is looked for. */
  onRead?: (file: string) => void;
}

export function compileProgram(entry: string, options: ProgramOptions): Promise<CompiledProgram>;
