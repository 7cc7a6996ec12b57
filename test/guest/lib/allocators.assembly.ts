// Follows a script of calls of the allocators: frames, runs, objects. What it has got is kept in numbered slots, one reference in each. Calls for
// which a slot is not right are skipped.
import { RAM } from '../../../guest/lib/boot-info';
import { release } from '../../../guest/lib/objects';
import {
  frameReferences,
  freeFrames,
  memoryIsShort,
  releaseFrame,
  shareFrame,
  takeFrame,
  takeReservedFrame,
  takeRun,
  takeZeroFrame,
  totalFrames,
} from '../../../guest/lib/page-frames';
import { follow } from './script.assembly';

/** Operations, with the slot `a` and another operand `b`; operations of test/guest/lib/allocators.test.ts in this order. */
const TAKE_FRAME = 0;
const TAKE_ZERO_FRAME = 1;
const TAKE_RESERVED_FRAME = 2;
const TAKE_RUN = 3;
const SHARE_FRAME = 4;
const NEW_BYTES = 5;
const NEW_SHAPE = 6;
const RELEASE = 7;
const REFERENCES = 8;
const AREA = 9;
const FREE_FRAMES = 10;
const TOTAL_FRAMES = 11;
const IS_SHORT = 12;
const RELEASE_OBJECT_AGAIN = 13;
const RELEASE_FRAME_AGAIN = 14;
const THROW = 15;

const SKIPPED = -2;

class Shape {
  width: i32;

  constructor(width: i32) {
    this.width = width;
  }

  area(): i32 {
    return 0;
  }
}

class Square extends Shape {
  override area(): i32 {
    return this.width * this.width;
  }
}

/** Larger than a line. */
class Box extends Shape {
  height: i64 = 3;
  more: i64 = 0;
  andMore: i64 = 0;
  still: i64 = 0;
  others: i64 = 0;
  next: i64 = 0;
  last: i64 = 0;
  end: i64 = 0;

  override area(): i32 {
    return <i32>(this.width * this.height + this.more + this.andMore + this.still + this.others + this.end);
  }
}

/** What is in a slot. */
const EMPTY = 0;
const FRAME = 1;
const RUN = 2;
const BYTES = 3;
const SHAPE = 4;

@unmanaged
class Slot {
  kind: i32;
  address: usize;
  order: i32;
  unused: i32;
}

const slots = memory.data(4096 * 16, 16);

export function boot(info: usize): void {
  follow(info, perform);
}

function perform(operation: i32, a: i32, b: i32): i32 {
  const slot = changetype<Slot>(slots + 16 * a);
  if (operation >= FREE_FRAMES) return ask(operation, slot);
  return operation <= NEW_SHAPE && operation != SHARE_FRAME ? take(operation, slot, b) : use(operation, slot, b);
}

/** The last three are what a kernel must not do. */
function ask(operation: i32, slot: Slot): i32 {
  if (operation == FREE_FRAMES) return freeFrames();
  if (operation == TOTAL_FRAMES) return totalFrames();
  if (operation == IS_SHORT) return memoryIsShort() ? 1 : 0;
  if (operation == RELEASE_OBJECT_AGAIN) release(changetype<Shape>(slot.address));
  if (operation == RELEASE_FRAME_AGAIN) releaseFrame(slot.address);
  if (operation == THROW) throw new Error('thrown');
  return 0;
}

/** Returns frame numbers, and addresses of objects in RAM; 0 when there is no memory. */
function take(operation: i32, slot: Slot, b: i32): i32 {
  if (slot.kind != EMPTY) return SKIPPED;
  switch (operation) {
    case TAKE_FRAME:
      return keepFrame(slot, takeFrame());
    case TAKE_ZERO_FRAME: {
      const frame = takeZeroFrame();
      return frame != 0 && !isZero(RAM + frame, 4096) ? -1 : keepFrame(slot, frame);
    }
    case TAKE_RESERVED_FRAME:
      return keepFrame(slot, takeReservedFrame());
    case TAKE_RUN:
      return keepRun(slot, takeRun(b), b);
    case NEW_BYTES:
      return keepBytes(slot, new StaticArray<u8>(b));
    default:
      return keepShape(slot, b % 3 == 0 ? new Shape(b) : b % 3 == 1 ? new Square(b) : new Box(b));
  }
}

function use(operation: i32, slot: Slot, b: i32): i32 {
  if (operation == SHARE_FRAME) {
    const other = changetype<Slot>(slots + 16 * b);
    if (slot.kind != FRAME || other.kind != EMPTY) return SKIPPED;
    shareFrame(slot.address);
    return keepFrame(other, slot.address);
  }
  if (operation == REFERENCES) return slot.kind == FRAME ? frameReferences(slot.address) : SKIPPED;
  if (operation == AREA) return slot.kind == SHAPE ? changetype<Shape>(slot.address).area() : SKIPPED;
  if (slot.kind == FRAME) releaseFrame(slot.address);
  if (slot.kind == RUN)
    for (let i: usize = 0; i < (<usize>1) << slot.order; i++) releaseFrame(slot.address + (i << 12));
  if (slot.kind == BYTES) release(changetype<StaticArray<u8>>(slot.address));
  if (slot.kind == SHAPE) release(changetype<Shape>(slot.address));
  const kind = slot.kind;
  slot.kind = EMPTY;
  return kind;
}

function keepFrame(slot: Slot, frame: usize): i32 {
  return keepRun(slot, frame, 0, FRAME);
}

/** Writes all over what it has got. */
function keepRun(slot: Slot, frame: usize, order: i32, kind: i32 = RUN): i32 {
  if (frame == 0) return 0;
  memory.fill(RAM + frame, 0xff, (<usize>4096) << order);
  slot.kind = kind;
  slot.address = frame;
  slot.order = order;
  return <i32>(frame >> 12);
}

function keepBytes(slot: Slot, array: StaticArray<u8>): i32 {
  const address = changetype<usize>(array);
  if (!isZero(address, array.length)) return -1;
  memory.fill(address, 0xff, array.length);
  slot.kind = BYTES;
  slot.address = address;
  return <i32>(address - RAM);
}

function keepShape(slot: Slot, shape: Shape): i32 {
  slot.kind = SHAPE;
  slot.address = changetype<usize>(shape);
  return <i32>(slot.address - RAM);
}

function isZero(address: usize, bytes: i32): bool {
  for (let i = 0; i < bytes; i++) if (load<u8>(address + i) != 0) return false;
  return true;
}
