// What kernels do with objects besides `new` (runtime/kernel.ts).

/** Ends an object's life: its memory is used again. Nothing may refer to it any more. A null reference is none. */
@inline
export function release<T>(object: T): void {
  if (changetype<usize>(object) != 0) __free(changetype<usize>(object));
}
