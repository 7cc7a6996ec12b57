// The AssemblyScript runtime of K42: what `new` calls. Objects of up to 768 bytes with their header are blocks of this CPU (blocks.ts); larger ones are runs of
// frames. `new` never fails, as with the kit's runtime: see guest/lib/runtime/kernel.ts.
import { RAM } from '../../lib/boot-info';
import { releaseFrame, takeReservedFrame, takeRun } from '../../lib/page-frames';
import { PAGE_BYTES } from '../../lib/page-table';
import { panic } from '../../lib/panic';
import { giveBlock, LARGEST_BLOCK, takeBlock } from './blocks';

const HEADER: usize = 8;
/** In the place of the class id: the block is free. */
const FREED: u32 = 0xffff_ffff;

// --- what AssemblyScript calls

@global
@unsafe
function __new(size: usize, id: u32): usize {
  const bytes = size + HEADER;
  const block = bytes <= LARGEST_BLOCK ? takeBlock(bytes) : takeLarge(bytes);
  store<u32>(block, id);
  store<u32>(block, <u32>size, 4);
  memory.fill(block + HEADER, 0, size);
  return block + HEADER;
}

@global
@unsafe
function __alloc(size: usize): usize {
  return __new(size, 0);
}

@global
@unsafe
function __renew(object: usize, size: usize): usize {
  const old = objectBytes(object);
  const renewed = __new(size, load<u32>(object - HEADER));
  memory.copy(renewed, object, min(old, size));
  __free(object);
  return renewed;
}

@global
@unsafe
function __free(object: usize): void {
  const block = object - HEADER;
  if (block < RAM) panic('an object is released that was not allocated');
  if (load<u32>(block) == FREED) panic('an object is released twice');
  const bytes = objectBytes(object) + HEADER;
  store<u32>(block, FREED);
  if (bytes <= LARGEST_BLOCK) giveBlock(block);
  else giveLarge(block, bytes);
}

/** References are not counted. */
@global
@unsafe
function __link(parent: usize, child: usize, expectMultiple: bool): void {}

/** The size that an object was made with. */
@inline
function objectBytes(object: usize): usize {
  return load<u32>(object - 4);
}

// --- runs of frames

function takeLarge(bytes: usize): usize {
  const order = orderOf(bytes);
  const run = order == 0 ? takeReservedFrame() : takeRun(order);
  if (run == 0) panic('no run of frames for a large object');
  return RAM + run;
}

function giveLarge(block: usize, bytes: usize): void {
  const end = block + (PAGE_BYTES << orderOf(bytes));
  for (let page = block; page < end; page += PAGE_BYTES) releaseFrame(page - RAM);
}

function orderOf(bytes: usize): i32 {
  return 32 - clz<i32>(<i32>((bytes - 1) >> 12));
}
