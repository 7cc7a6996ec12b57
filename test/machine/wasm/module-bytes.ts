// Modules by hand, for tests: bytes of sections, and text.
import wabt from 'wabt';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { ByteWriter, PREAMBLE } from '../../../machine/wasm/encode.ts';
import { WasmError } from '../../../machine/wasm/errors.ts';
import type { Module } from '../../../machine/wasm/types.ts';
import { validateModule } from '../../../machine/wasm/validate.ts';

/** A section's number and contents; its size is put before them. */
export type SectionBytes = readonly [id: number, ...contents: number[]];

export function moduleOf(...sections: readonly SectionBytes[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  for (const [id, ...contents] of sections) writer.section(id, () => writer.bytes(contents));
  return writer.finish();
}

/** A module with one function without parameters, results and locals; `sections` come before its code. */
export function functionOf(
  instructions: readonly number[],
  ...sections: readonly SectionBytes[]
): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.vector([instructions], (list) => {
    writer.sized(() => {
      writer.u32(0);
      writer.bytes(list);
    });
  });
  return moduleOf([1, 1, 0x60, 0, 0], [3, 1, 0], ...sections, [10, ...writer.finish()]);
}

/** A module from text that may be invalid; its features are those of a late assembler. */
export async function assembleUnchecked(text: string, features: Record<string, boolean> = {}): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('test.wat', text, { threads: true, ...features });
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return buffer;
}

export function accept(bytes: Uint8Array): Module {
  const module = decodeModule(bytes);
  validateModule(module);
  return module;
}

/** The kind and message with which a module is refused. */
export function refusal(bytes: Uint8Array): string {
  try {
    accept(bytes);
  } catch (error) {
    if (error instanceof WasmError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}
