// Adds exports of a module's memory and of all its globals, so that their final contents can be compared.
import { decodeModule } from '../../machine/wasm/decode.ts';
import { ByteWriter } from '../../machine/wasm/encode.ts';
import { type ExternalKind, SECTION } from '../../machine/wasm/types.ts';
import { joinSections, splitSections } from './module-parts.ts';

const KINDS: Record<ExternalKind, number> = { function: 0, table: 1, memory: 2, global: 3 };

export function exportEverything(bytes: Uint8Array): Uint8Array {
  const { exports, memories, globals } = decodeModule(bytes);
  const added = globals.map((_, index) => ({ name: `fuzz global ${index}`, kind: 'global' as const, index }));
  const memory = memories.map((_, index) => ({ name: 'fuzz memory', kind: 'memory' as const, index }));
  const writer = new ByteWriter();
  writer.vector([...memory, ...exports, ...added], ({ name, kind, index }) => {
    writer.name(name);
    writer.u8(KINDS[kind]);
    writer.u32(index);
  });
  const sections = (splitSections(bytes) ?? []).filter(({ id }) => id !== SECTION.export);
  // Sections stand in the order of their numbers, up to that of the exports; custom ones anywhere.
  const behind = sections.findIndex(({ id }) => id > SECTION.export);
  const at = behind < 0 ? sections.length : behind;
  return joinSections([
    ...sections.slice(0, at),
    { id: SECTION.export, contents: writer.finish() },
    ...sections.slice(at),
  ]);
}
