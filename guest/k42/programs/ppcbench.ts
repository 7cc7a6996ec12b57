// ppcbench [-v VARIANT] [-n CALLS] [-t THREADS]: a server counts calls, and a thread on each of the first cores calls it CALLS times in a tight loop. Writes
// how many cycles a round trip takes, on the average of the threads: after the experiment with which K42's authors begin (2007, section 1.1).
//
// The variants differ in what the server counts with:
//   none      nothing: the call alone
//   lock      one counter under a lock, whose waiters queue, as for K42's locks
//   atomic    one counter, by an atomic addition
//   array     a counter for each core, next to each other
//   padded    a counter for each core, in a line of its own
//   kernel    nothing, and no server is called but the kernel: getpid
import {
  Barrier,
  complain,
  cores,
  err,
  ESRCH,
  exit,
  fork,
  getpid,
  kill,
  malloc,
  nanosleep,
  NOT_A_NUMBER,
  Options,
  out,
  parseNumber,
  SIGKILL,
  Thread,
  waitpid,
} from '../../posix/index';
import { coreId, cycles } from '../../lib/machine';
import { acquireQueued, releaseQueued } from '../../lib/queue-lock';
import { ppcCall, PpcCall, serve } from '../ppc-api';

const SERVER: i32 = 1;
const VARIANTS: string[] = ['none', 'lock', 'atomic', 'array', 'padded', 'kernel'];
const NONE: i32 = 0;
const LOCK: i32 = 1;
const ATOMIC: i32 = 2;
const ARRAY: i32 = 3;
const KERNEL: i32 = 5;

/** What calls ask for. */
const COUNT: i32 = 0;
const SUM: i32 = 1;

const MOST_CORES: i32 = 128;
const MOST_LINE_BYTES: i32 = 128;
/** Calls before the clock starts: they make the workers, and fetch what calls touch. */
const WARM_UP: i32 = 30;
const SPINS: i32 = 1 << 20;

const lock = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
/** A place in the lock's queue for each core. */
const nodes = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);
const counters = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

let variant: i32 = NONE;
let calls: i32 = 1000;
let threads: i32 = 0;
/** Cycles that each thread has taken: i64 each. */
let times: usize = 0;
let barrier: Barrier | null = null;

// --- the server

function answer(call: PpcCall): i64 {
  if (call.a == SUM) return sum();
  if (variant == LOCK) {
    const node = nodes + coreId() * MOST_LINE_BYTES;
    acquireQueued(lock, node);
    add(counters);
    releaseQueued(lock, node);
  } else if (variant == ATOMIC) {
    atomic.add<i32>(counters, 1);
  } else if (variant != NONE) {
    add(counters + <usize>coreId() * stride());
  }
  return 0;
}

function add(counter: usize): void {
  store<i32>(counter, load<i32>(counter) + 1);
}

@inline
function stride(): usize {
  return variant == ARRAY ? 4 : MOST_LINE_BYTES;
}

/** To read a counter that is spread is to gather it. */
function sum(): i64 {
  if (variant <= ATOMIC) return load<i32>(counters);
  let sum: i64 = 0;
  for (let core = 0; core < cores(); core++) sum += load<i32>(counters + <usize>core * stride());
  return sum;
}

// --- the clients

function callAgain(thread: i32): i32 {
  for (let i = 0; i < WARM_UP; i++) ppcCall(SERVER, COUNT);
  barrier!.wait(SPINS);
  const before = cycles();
  if (variant == KERNEL) for (let i = 0; i < calls; i++) getpid();
  else for (let i = 0; i < calls; i++) ppcCall(SERVER, COUNT);
  store<i64>(times + (thread << 3), cycles() - before);
  return 0;
}

function measure(): f64 {
  const running: Thread[] = [];
  for (let i = 0; i < threads; i++) running.push(Thread.start(callAgain, i, i));
  let total: i64 = 0;
  for (let i = 0; i < threads; i++) {
    running[i].join();
    total += load<i64>(times + (i << 3));
  }
  return <f64>total / <f64>(<i64>threads * calls);
}

function usage(): i32 {
  err.text('usage: ppcbench [-v none|lock|atomic|array|padded|kernel] [-n CALLS] [-t THREADS]\n');
  return 2;
}

function readOptions(): bool {
  threads = cores();
  const options = new Options('v:n:t:');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x76) {
      variant = VARIANTS.indexOf(options.value.toString());
      if (variant < 0) return false;
      continue;
    }
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 1 || value > 1_000_000) return false;
    if (option == 0x6e) calls = <i32>value;
    else if (option == 0x74 && value <= cores()) threads = <i32>value;
    else return false;
  }
  return true;
}

export function main(): i32 {
  if (!readOptions()) return usage();
  const server = fork();
  if (server == 0) exit(-serve(SERVER, answer));
  while (ppcCall(SERVER, SUM) == -ESRCH) nanosleep(10_000);
  times = malloc(8 * threads);
  barrier = new Barrier(threads);
  const mean = measure();
  const counted = ppcCall(SERVER, SUM);
  const expected = variant == NONE ? 0 : variant == KERNEL ? threads * WARM_UP : <i64>threads * (calls + WARM_UP);
  kill(server, SIGKILL);
  waitpid(server, 0, 0, 0);
  out.text('ppcbench: ').text(VARIANTS[variant]).text(', ').number(threads).text(' threads: ');
  out.number(<i64>Math.round(mean)).text(' cycles a round trip\n');
  if (counted == expected) return 0;
  err.text('ppcbench: ').number(counted).text(' calls counted instead of ').number(expected).text('\n');
  return 1;
}
