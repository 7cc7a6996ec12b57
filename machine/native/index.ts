// The native helper: what runs so often that a call into JavaScript would dominate its cost. AssemblyScript, compiled to the
// bytes in native.generated.ts, over the same machine memory and function table as the generated code.
export { access, switchSpace, trap } from './access';
export { bulkCopy, bulkFill, resumeBulk } from './bulk';
export { resumeBuiltin, run } from './dispatch';
