// Helper code of the machine's hot paths, in AssemblyScript. `npm run generate` compiles it into native.generated.ts.

/** Adds two numbers. */
export function add(a: i32, b: i32): i32 {
  return a + b;
}
