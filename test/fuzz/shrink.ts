// Makes a failing module smaller while it still fails: without some of its sections, functions, instructions or bytes.
import { SECTION } from '../../machine/wasm/types.ts';
import { concatenate, joinSections, replaceCode, splitCode, splitSections } from './module-parts.ts';

const MAX_ATTEMPTS = 4000;

/** The smallest module found by greedy removal for which `fails` is true, as it must be for `bytes`. */
export function shrinkModule(bytes: Uint8Array, fails: (candidate: Uint8Array) => boolean): Uint8Array {
  let smallest = bytes;
  let attempts = 0;
  let found = true;
  while (found && attempts < MAX_ATTEMPTS) {
    found = false;
    for (const candidate of smaller(smallest)) {
      if (candidate.length >= smallest.length || ++attempts > MAX_ATTEMPTS) continue;
      if (!fails(candidate)) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}

/** Candidates, the largest removals first. */
function* smaller(bytes: Uint8Array): Generator<Uint8Array> {
  const sections = splitSections(bytes);
  if (!sections) {
    yield* withoutRanges(bytes);
    return;
  }
  for (let i = 0; i < sections.length; i++) yield joinSections(sections.filter((_section, j) => j !== i));
  const code = sections.find(({ id }) => id === SECTION.code);
  const bodies = code && splitCode(code.contents);
  for (const [i, body] of (bodies ?? []).entries()) {
    for (const instructions of withoutItems(body.instructions)) {
      const replaced = bodies?.slice() ?? [];
      replaced[i] = { locals: body.locals, instructions };
      yield replaceCode(sections, replaced);
    }
  }
  for (const [i, { id, contents }] of sections.entries()) {
    for (const shorter of withoutRanges(contents)) {
      yield joinSections(sections.map((section, j) => (j === i ? { id, contents: shorter } : section)));
    }
  }
  yield* withoutRanges(bytes);
}

function* withoutItems<T>(items: readonly T[]): Generator<T[]> {
  for (let size = Math.ceil(items.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start + size <= items.length; start += size) {
      yield [...items.slice(0, start), ...items.slice(start + size)];
    }
  }
}

function* withoutRanges(bytes: Uint8Array): Generator<Uint8Array> {
  for (let size = Math.ceil(bytes.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start + size <= bytes.length; start += size) {
      yield concatenate(bytes.subarray(0, start), bytes.subarray(start + size));
    }
  }
}
