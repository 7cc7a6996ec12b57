// What a worker of the file server has to itself: two walks, prefixes of paths that it has gone, and room for texts and records, behind the description of its calls.
import { Walk } from '../../lib/fs/walk';
import { ENAMETOOLONG, ENOENT, PATH_MAX } from '../../posix/index';
import { PpcCall, workerMemory } from '../ppc-api';
import { Prefixes } from './prefixes';
import { fetchAt } from './service';

/** Places in the worker's memory. */
const WALK: usize = 0;
const OTHER_WALK: usize = 4;
const PREFIXES: usize = 8;
const PATH: usize = 16;
const OTHER_PATH: usize = PATH + PATH_MAX;
const RECORD: usize = OTHER_PATH + PATH_MAX;

/** Bytes of records that a desk has room for. */
export const RECORD_BYTES: i32 = 1024;

@unmanaged
export class Desk {
  @inline
  private get at(): usize {
    return changetype<usize>(this);
  }

  get walk(): Walk {
    return walkAt(this.at + WALK);
  }

  get otherWalk(): Walk {
    return walkAt(this.at + OTHER_WALK);
  }

  get prefixes(): Prefixes {
    const place = this.at + PREFIXES;
    if (load<usize>(place) == 0) store<Prefixes>(place, new Prefixes());
    return load<Prefixes>(place);
  }

  get path(): usize {
    return this.at + PATH;
  }

  get otherPath(): usize {
    return this.at + OTHER_PATH;
  }

  get record(): usize {
    return this.at + RECORD;
  }
}

/** The desk of the worker that serves a call. */
@inline
export function deskOf(call: PpcCall): Desk {
  return changetype<Desk>(workerMemory(call));
}

/** Made when the worker needs it for the first time. */
function walkAt(place: usize): Walk {
  if (load<usize>(place) == 0) store<Walk>(place, new Walk());
  return load<Walk>(place);
}

/** Copies a path of the caller's to a desk: its bytes, or an error. */
export function takePath(to: usize, address: usize, bytes: i32): i32 {
  if (bytes == 0) return -ENOENT;
  if (<u32>bytes > <u32>PATH_MAX) return -ENAMETOOLONG;
  const error = fetchAt(address, to, bytes);
  return error != 0 ? error : bytes;
}
