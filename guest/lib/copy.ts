// Copying much. A core waits for one line at a time but for those that it prefetches, so a plain copy of what it has not in its caches waits for each
// line of it in turn. Here the next lines are on their way while those before are copied.
import { prefetch } from './machine';

/** What is fetched ahead, and copied meanwhile; and the shortest line of any machine. */
const AHEAD: usize = 512;
const LINE: usize = 64;

/** Copies bytes to another place, which does not overlap. */
export function copyAhead(to: usize, from: usize, bytes: usize): void {
  const end = from + bytes;
  fetch(from + LINE, min(from + AHEAD, end));
  while (from < end) {
    fetch(from + AHEAD, min(from + 2 * AHEAD, end));
    const part = min(AHEAD, end - from);
    memory.copy(to, from, part);
    to += part;
    from += part;
  }
}

@inline
function fetch(from: usize, end: usize): void {
  for (let at = from; at < end; at += LINE) prefetch(at);
}
