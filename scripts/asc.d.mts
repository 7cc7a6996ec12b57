// Types of asc.mjs, for tests that compile guests of their own.

export const ROOT: string;

export function compile(
  entry: string,
  config: string,
  name: string,
  extraArguments?: readonly string[],
): Promise<{ wasm: Uint8Array<ArrayBuffer>; sourceMap: string; warnings: string }>;
