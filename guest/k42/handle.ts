// Handles: by what the kernel's servers name objects of the kernel. A handle is a COID, with a Root and never a Rep: nothing is called by it. A number that is none
// is found out, whatever a server says. An object has its handle as long as the server that was given it wants.
import { panic } from '../lib/panic';
import { isGivenOut } from './cobj/coid';
import { destroy } from './cobj/destruction';
import { rootOf } from './cobj/global-table';
import { Rep } from './cobj/rep';
import { Root } from './cobj/root';

/** Kinds of objects. */
export const HANDLE_FILE: i32 = 1;
export const HANDLE_PROCESS: i32 = 2;

class HandleRoot extends Root {
  constructor(
    readonly kind: i32,
    readonly object: usize,
  ) {
    super();
  }

  override repFor(cpu: i32): Rep {
    panic('a handle is no object to be called');
    return changetype<Rep>(0);
  }

  override reclaimReps(): void {}
}

/** A handle for an object. */
export function newHandle(kind: i32, object: usize): usize {
  return new HandleRoot(kind, object).coid;
}

/** The object of that kind that a handle stands for, or 0. */
export function objectOf(kind: i32, handle: usize): usize {
  if (!isGivenOut(handle)) return 0;
  const root = rootOf(handle);
  if (root === null || !(root instanceof HandleRoot)) return 0;
  const found = <HandleRoot>root;
  return found.kind == kind ? found.object : 0;
}

/** The handle stands for nothing any more. */
export function dropHandle(handle: usize): void {
  destroy(handle);
}
