// Modules from text, for tests.
import wabt from 'wabt';

export async function assemble(text: string): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('test.wat', text, { threads: true });
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return buffer;
}
