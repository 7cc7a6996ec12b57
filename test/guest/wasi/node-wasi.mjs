// Runs a WASI program in Node's own WASI: node node-wasi.mjs FILE.wasm ROOT WORK [ARGS...], with ROOT as "/" and WORK as ".".
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [file, root, work, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: ['program', ...args],
  env: process.env,
  preopens: { '/': root, '.': work },
  returnOnExit: true,
});
const module = new WebAssembly.Module(readFileSync(file));
// What the program has closed this script must not write to: it only ends.
process.exit(wasi.start(new WebAssembly.Instance(module, wasi.getImportObject())));
