// Updating a few shared cache lines by many cores: by shared memory, and by messages to one core that does it for all (Baumann et al., "The
// Multikernel", 2009, figure 3).
//
// SHM1, 2, 4, 8: every core adds one to a word in each of that many lines, without a lock. MSG1, MSG8: core 0 does it; the others ask it by a
// synchronous call of one line each way. Server: what such a call takes at core 0, from its poll that finds the request to its answer.
import {
  arena,
  barrier,
  contend,
  core,
  cores,
  lineBytes,
  MOST_LINE_BYTES,
  reportCell,
  reportMean,
  start,
} from '../lib/bare';
import { cycles, fence, pause } from '../lib/machine';
import { parameter, parameterAt } from '../lib/parameters';
import { Channel } from '../lib/urpc';

export { answers, arrived, begun, episode, finished, stopOnTrap as trap } from '../lib/bare';

const OPERATIONS: i32 = 192;
const MOST_LINES: i32 = 8;
const SERVER: i32 = 0;

export const lines: usize = memory.data(MOST_LINES * MOST_LINE_BYTES, MOST_LINE_BYTES);

/** Clients that make no more calls. */
export const gone: usize = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** A core's ends of channels stand in its arena, one line of the longest kind each, then the rings of its channel to the server. */
const RINGS: usize = 128 * <usize>MOST_LINE_BYTES;

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  openChannels();
  for (let i = 0; ; i++) {
    const count = parameterAt('counts', i, 0);
    if (count == 0) break;
    byMemory(count, 'SHM1', () => updateShared(1));
    byMemory(count, 'SHM2', () => updateShared(2));
    byMemory(count, 'SHM4', () => updateShared(4));
    byMemory(count, 'SHM8', () => updateShared(8));
    byMessages(count, 1, 'MSG1');
    byMessages(count, 8, 'MSG8');
  }
}

/** The operation: one is added to a word in each of the first `count` lines. */
function update(count: i32): void {
  for (let i = 0; i < count; i++) {
    const word = lines + i * lineBytes;
    store<i64>(word, load<i64>(word) + 1);
  }
}

/** The same by a core that shares the lines: it is done when its stores are. */
function updateShared(count: i32): void {
  update(count);
  fence();
}

function byMemory(count: i32, column: string, operation: () => void): void {
  reportMean(count, column, contend(0, count, parameter('operations', OPERATIONS), operation), count);
}

function byMessages(count: i32, lineCount: i32, column: string): void {
  if (core == SERVER) store<i32>(gone, 0);
  const perCall = contend(1, count, parameter('operations', OPERATIONS), call);
  if (core == SERVER) {
    const perService = serve(count, lineCount);
    if (lineCount == MOST_LINES) reportCell(count, 'Server', perService);
  } else if (core < count) {
    atomic.add<i32>(gone, 1);
  }
  reportMean(count, column, perCall, count - 1);
}

/** A client's call. */
function call(): void {
  const channel = channelTo(SERVER);
  channel.send(0);
  channel.receive();
}

/** Serves the calls of cores 1 to count - 1 until they are gone: mean cycles from the poll that finds a request to its answer. */
function serve(count: i32, lineCount: i32): f64 {
  let calls = 0;
  let busy: i64 = 0;
  while (load<i32>(gone) < count - 1) {
    const before = calls;
    for (let client = 1; client < count; client++) {
      const channel = channelTo(client);
      const begin = cycles();
      if (!channel.poll()) continue;
      channel.take();
      update(lineCount);
      channel.send(0);
      busy += cycles() - begin;
      calls++;
    }
    if (calls == before) pause();
  }
  return <f64>busy / <f64>calls;
}

function openChannels(): void {
  if (core == SERVER) {
    for (let client = 1; client < cores; client++) channelTo(client).open(arena(client) + RINGS, lineBytes, 0);
  } else {
    channelTo(SERVER).open(arena(core) + RINGS, lineBytes, 1);
  }
}

/** This core's end of its channel to another. */
function channelTo(partner: i32): Channel {
  return changetype<Channel>(arena(core) + partner * MOST_LINE_BYTES);
}
