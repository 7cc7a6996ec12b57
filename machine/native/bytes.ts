// The bytes of the native modules. They are carried as base64 text (*.generated.ts) and decoded here with plain ECMAScript,
// because atob and Buffer belong to platforms.
import { COHERENCE_BASE64, COHERENCE_CONSTANTS, COHERENCE_SIZE_BYTES } from './coherence.generated.ts';
import { NATIVE_BASE64, NATIVE_CONSTANTS, NATIVE_SIZE_BYTES } from './native.generated.ts';
import { specialize } from './specialize.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Decodes base64 (RFC 4648, section 4) into `sizeBytes` bytes. The text is our own, so it is not checked. */
function decodeBase64(text: string, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  for (let value = 0; value < ALPHABET.length; value++) values[ALPHABET.charCodeAt(value)] = value;
  const bytes = new Uint8Array(sizeBytes);
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (let i = 0; length < sizeBytes; i++) {
    bits = ((bits << 6) | values[text.charCodeAt(i)]) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
    }
  }
  return bytes;
}

/** The native helper module's bytes for a machine with these constants, as `WebAssembly.Module` takes them. */
export function nativeModuleBytes(constants: Readonly<Record<string, number>>): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(NATIVE_BASE64, NATIVE_SIZE_BYTES);
  specialize(bytes, NATIVE_CONSTANTS, constants);
  return bytes;
}

/** The same of the native part of coherence. */
export function coherenceModuleBytes(constants: Readonly<Record<string, number>>): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(COHERENCE_BASE64, COHERENCE_SIZE_BYTES);
  specialize(bytes, COHERENCE_CONSTANTS, constants);
  return bytes;
}
