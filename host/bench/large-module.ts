// A large module that nobody wrote for this project: wabt's own, half a megabyte of C++ compiled by Emscripten. Its package
// carries the bytes inside its script, so they are taken where wabt hands them to the engine.

export async function largeModule(): Promise<Uint8Array> {
  const { instantiate } = WebAssembly;
  let bytes: Uint8Array | undefined;
  const spy = (source: BufferSource, imports?: WebAssembly.Imports) => {
    bytes ??= ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    return instantiate(source, imports);
  };
  Object.assign(WebAssembly, { instantiate: spy });
  try {
    await (await import('wabt')).default();
  } finally {
    Object.assign(WebAssembly, { instantiate });
  }
  if (bytes === undefined) throw new Error('wabt has not handed its module to WebAssembly.instantiate');
  return bytes.slice();
}
