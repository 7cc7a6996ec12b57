// User-level RPC over shared memory: a channel is two rings of cache lines, one for each direction (Baumann et al., "The Multikernel", 2009,
// section 4.6; Bershad et al., "User-level interprocess communication for shared memory multiprocessors", 1991).
//
// A message is one line: a control word of eight bytes, and payload words for the rest. The control word is written last. Its lowest bit is the
// epoch, which changes with every lap of the ring, so the receiver knows a new message by that one word; the bits above it say how many
// messages the other direction has received. So acknowledgements ride on messages, and nobody writes a line that another core writes.
//
// Plain loads and stores do: stores stay in order, and a poll calls `pause` between two looks. Each end keeps its own state in lines that
// no other core touches.
import { pause } from './machine';

/** Messages that may be on their way in one direction. */
export const SLOTS: usize = 16;

/** Bytes of both rings of a channel. */
export function channelBytes(lineBytes: usize): usize {
  return 2 * SLOTS * lineBytes;
}

/** One end of a channel. A side that sends many messages and gets no answers must `poll` for acknowledgements, and the other one send some. */
@unmanaged
export class Channel {
  private lineBytes: usize;
  /** The lines of the next message in each direction, the ends of both rings, and the epoch bits of these messages. */
  private outgoing: usize;
  private outgoingEnd: usize;
  private outgoingEpoch: i64;
  private incoming: usize;
  private incomingEnd: usize;
  private incomingEpoch: i64;
  /** Messages sent and received, and of those sent the ones that the other end is known to have received. */
  private sent: usize;
  private received: usize;
  private acknowledged: usize;

  /** `side` is 0 at one end and 1 at the other. The rings must be zero. */
  open(rings: usize, lineBytes: usize, side: i32): void {
    const ringBytes = SLOTS * lineBytes;
    const other = rings + ringBytes;
    this.lineBytes = lineBytes;
    this.outgoing = side == 0 ? rings : other;
    this.incoming = side == 0 ? other : rings;
    this.outgoingEnd = this.outgoing + ringBytes;
    this.incomingEnd = this.incoming + ringBytes;
    // Rings begin as zeros, so the first lap has the other epoch.
    this.outgoingEpoch = 1;
    this.incomingEpoch = 1;
    this.sent = 0;
    this.received = 0;
    this.acknowledged = 0;
  }

  /** Whether there is a free slot, as far as this end knows. */
  canSend(): bool {
    return this.sent - this.acknowledged < SLOTS;
  }

  /** Writes `value` into every payload word. There must be a free slot. */
  send(value: i64): void {
    const line = this.outgoing;
    const lineBytes = this.lineBytes;
    writePayload(line, lineBytes, value);
    store<i64>(line, ((<i64>this.received) << 1) | this.outgoingEpoch);
    this.sent++;
    this.outgoing = line + lineBytes;
    if (this.outgoing == this.outgoingEnd) {
      this.outgoing -= SLOTS * lineBytes;
      this.outgoingEpoch ^= 1;
    }
  }

  /** Whether a message has come. Also takes its acknowledgement. */
  poll(): bool {
    const control = load<i64>(this.incoming);
    if ((control & 1) != this.incomingEpoch) return false;
    this.acknowledged = <usize>(control >> 1);
    return true;
  }

  /** Takes the message that has come: the sum of its payload words. */
  take(): i64 {
    const line = this.incoming;
    const lineBytes = this.lineBytes;
    this.received++;
    this.incoming = line + lineBytes;
    if (this.incoming == this.incomingEnd) {
      this.incoming -= SLOTS * lineBytes;
      this.incomingEpoch ^= 1;
    }
    return payloadSum(line, lineBytes);
  }

  /** Waits for a message and takes it. */
  receive(): i64 {
    while (!this.poll()) pause();
    return this.take();
  }
}

/** Words after the control word of a line of 32, 64 or 128 bytes, without a loop. */
@inline
function writePayload(line: usize, lineBytes: usize, value: i64): void {
  store<i64>(line, value, 8);
  store<i64>(line, value, 16);
  store<i64>(line, value, 24);
  if (lineBytes >= 64) writeHalf(line + 32, value);
  if (lineBytes == 128) {
    writeHalf(line + 64, value);
    writeHalf(line + 96, value);
  }
}

@inline
function writeHalf(at: usize, value: i64): void {
  store<i64>(at, value);
  store<i64>(at, value, 8);
  store<i64>(at, value, 16);
  store<i64>(at, value, 24);
}

@inline
function payloadSum(line: usize, lineBytes: usize): i64 {
  let sum = load<i64>(line, 8) + load<i64>(line, 16) + load<i64>(line, 24);
  if (lineBytes >= 64) sum += halfSum(line + 32);
  if (lineBytes == 128) sum += halfSum(line + 64) + halfSum(line + 96);
  return sum;
}

@inline
function halfSum(at: usize): i64 {
  return load<i64>(at) + load<i64>(at, 8) + load<i64>(at, 16) + load<i64>(at, 24);
}
