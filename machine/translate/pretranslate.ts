// Translations made ahead of time: as bytes, so that whoever keeps them gets the same module translated without the work.
//
//   bytes of all bodies; imported functions (name, parameters, results) and globals (name); for each own function the bytes of its frame and the
//   offsets of its points; the settled globals; lengths of the descriptors of points and of the host module: in LEB128 and the encodings of the binary
//   format
//   ..  the descriptors of points, the host module
import type { MachineProfile } from '../profile/schema.ts';
import { ByteReader } from '../wasm/byte-reader.ts';
import { decodeModule } from '../wasm/decode.ts';
import { ByteWriter } from '../wasm/encode.ts';
import type { ValueType } from '../wasm/types.ts';
import { validateModule } from '../wasm/validate.ts';
import { coreCosts } from './charge.ts';
import { CodeFacts } from './code-facts.ts';
import type { TranslationOptions } from './context.ts';
import { type FunctionInfo, type Translation, translate } from './translate.ts';

/** What a profile and the way in which a machine runs say of all its translations; the others are an image's own. */
export function machineTranslation(
  profile: MachineProfile,
  mode: TranslationOptions['mode'],
  tallies: boolean,
): Omit<TranslationOptions, 'privilege' | 'linked'> {
  return { mode, lineBytes: profile.lineBytes, costs: coreCosts(profile), tallies };
}

/** A text that is equal for equal options: with a module's bytes it says what the translation is, as long as the translator stays the same. */
export function translationKey({ mode, lineBytes, costs, privilege, linked, tallies }: TranslationOptions): string {
  return JSON.stringify([mode, lineBytes, Object.entries(costs).sort(), privilege, linked, tallies]);
}

/** How a machine in fast mode, with nobody counting tallies, translates a kernel, an image for links, or any other module. */
export interface PretranslationOptions {
  readonly profile: MachineProfile;
  readonly kind: 'kernel' | 'linked' | 'user';
}

/** Translates a module for machines to come: what `MachineOptions.storedTranslation` is to answer. Throws a WasmError for what they would refuse. */
export function pretranslate(bytes: Uint8Array, options: PretranslationOptions): Uint8Array<ArrayBuffer> {
  const module = decodeModule(bytes);
  validateModule(module);
  return encodeTranslation({
    translation: translate(module, translationOptions(options)),
    settled: [...new CodeFacts(module).settled],
  });
}

/** What `MachineOptions.storedTranslation` is asked for then, beside the module's bytes. */
export function pretranslationKey(options: PretranslationOptions): string {
  return translationKey(translationOptions(options));
}

function translationOptions({ profile, kind }: PretranslationOptions): TranslationOptions {
  const privilege = kind === 'kernel' ? 'kernel' : 'user';
  return { ...machineTranslation(profile, 'fast', false), privilege, linked: kind === 'linked' };
}

/** What is stored of a module. */
export interface StoredTranslation {
  readonly translation: Translation;
  /** CodeFacts.settled, for which all code of the module is read. */
  readonly settled: readonly number[];
}

export function encodeTranslation({ translation, settled }: StoredTranslation): Uint8Array<ArrayBuffer> {
  const { bytes, codeBytes, functions, globals, points, info } = translation;
  const writer = new ByteWriter(bytes.length + points.length + 4096);
  writer.u32(codeBytes);
  writer.vector(functions, ({ name, type }) => {
    writer.name(name);
    for (const types of [type.params, type.results]) writer.vector(types, (value) => writer.u8(value));
  });
  writer.vector(globals, (name) => writer.name(name));
  writer.vector(info, ({ frameBytes, offsets }) => {
    writer.u32(frameBytes);
    writer.u32(offsets.length);
    for (const offset of offsets) writer.u32(offset);
  });
  writer.vector(settled, (global) => writer.u32(global));
  writer.u32(points.length);
  writer.u32(bytes.length);
  writer.bytes(points);
  writer.bytes(bytes);
  return writer.finish();
}

/** What was encoded; parts of it lie in `record`, which must not change any more. Throws a WasmError for what is cut off. */
export function decodeTranslation(record: Uint8Array<ArrayBuffer>): StoredTranslation {
  const reader = new ByteReader(record);
  const list = <T>(item: () => T): T[] => Array.from({ length: reader.count() }, item);
  const types = () => list(() => reader.u8() as ValueType);
  const codeBytes = reader.u32();
  const functions = list(() => ({ name: reader.name(), type: { params: types(), results: types() } }));
  const globals = list(() => reader.name());
  const info = list((): FunctionInfo => {
    const frameBytes = reader.u32();
    const offsets = new Uint32Array(reader.count());
    for (let i = 0; i < offsets.length; i++) offsets[i] = reader.u32();
    return { frameBytes, offsets };
  });
  const settled = list(() => reader.u32());
  const pointBytes = reader.u32();
  const length = reader.u32();
  const points = reader.slice(pointBytes);
  const bytes = reader.slice(length) as Uint8Array<ArrayBuffer>;
  return { translation: { bytes, codeBytes, functions, globals, points, info }, settled };
}
