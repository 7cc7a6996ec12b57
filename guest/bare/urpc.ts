// Messages between two user programs on two cores: how long one takes, and how many get through.
//
// Latency is half of a ping-pong's round trip. For the throughput the sender keeps 16 messages in flight, and the receiver acknowledges by
// a message of its own after every eighth (Baumann et al., "The Multikernel", 2009, table 2).
import { arena, barrier, check, core, lineBytes, reportCell, start } from '../lib/bare';
import { cycles, pause } from '../lib/machine';
import { parameterAt } from '../lib/parameters';
import { Channel, SLOTS } from '../lib/urpc';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const WARM_UP: i32 = 64;
const ROUNDS: i32 = 256;
const MESSAGES: i32 = 2048;
const MESSAGES_PER_ACKNOWLEDGEMENT: i32 = <i32>SLOTS / 2;

/** Where in its arena a core keeps its end of the channel, and where in the receiver's the rings lie. */
const ENDS: usize = 0;
const RINGS: usize = 4096;

export function boot(info: usize): void {
  start(info, measure);
}

/** One pair of cores after the other; the rest waits. */
function measure(): void {
  for (let row = 0; parameterAt('senders', row, -1) >= 0; row++) {
    const sender = parameterAt('senders', row, 0);
    const receiver = parameterAt('receivers', row, 0);
    barrier();
    const channel = changetype<Channel>(arena(core) + ENDS);
    if (core == sender) {
      channel.open(arena(receiver) + RINGS, lineBytes, 0);
      ping(channel, row);
      stream(channel, row);
    } else if (core == receiver) {
      channel.open(arena(receiver) + RINGS, lineBytes, 1);
      pong(channel);
      drain(channel);
    }
    barrier();
  }
}

function ping(channel: Channel, row: i32): void {
  let before: i64 = 0;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    if (round == 0) before = cycles();
    channel.send(round);
    channel.receive();
  }
  reportCell(row, 'latency', <f64>(cycles() - before) / (2.0 * ROUNDS));
}

function pong(channel: Channel): void {
  for (let round = -WARM_UP; round < ROUNDS; round++) channel.send(channel.receive());
}

function stream(channel: Channel, row: i32): void {
  let before: i64 = 0;
  for (let message = -WARM_UP; message < MESSAGES; message++) {
    if (message == 0) before = cycles();
    while (!channel.canSend()) {
      if (channel.poll()) channel.take();
      else pause();
    }
    channel.send(message);
  }
  reportCell(row, 'throughput', (1000.0 * MESSAGES) / <f64>(cycles() - before));
}

function drain(channel: Channel): void {
  const words = <i64>(lineBytes / 8 - 1);
  for (let message = -WARM_UP; message < MESSAGES; message++) {
    check(channel.receive() == words * message, 'messages come whole and in order');
    if ((message + WARM_UP) % MESSAGES_PER_ACKNOWLEDGEMENT == MESSAGES_PER_ACKNOWLEDGEMENT - 1) channel.send(0);
  }
}
