// Function messages to other CPUs (K42's MPMsgMgr): to let a CPU do what only it can do, or what it does best since the data are in its cache.
//
//   callOn(cpu, fn.index, a, b, c)   waits, and returns what the function has answered
//   sendTo(cpu, fn.index, a, b, c)   goes on at once
//
// Each CPU has a mailbox in its own memory: two lists, to which senders add with one compare-and-swap, and from which only the CPU itself takes. There is
// no lock, and nothing that all CPUs use. The first message that comes into an empty list interrupts the CPU, unless that is looking already.
//
// Interrupts are off in the kernel. So whoever waits there for another CPU serves calls meanwhile, since that one may be waiting for him:
//
//   const before = startLooking();
//   while (notYet) { pause(); serveMessages(); }
//   stopLooking(before);
//
// What is called may therefore run while its CPU holds any lock. It takes none itself and does not sleep; to call further CPUs is allowed. What has been
// sent runs where the CPU holds no lock: at its interrupt, and when it idles (`serveAll`). It may take locks, but not sleep. Messages of one sender to
// one CPU run in the order in which they were sent; calls and the others are not ordered among each other.
import { CPU_BYTES, cpuMemory, cpuMemoryOf } from '../lib/cpu';
import { MOST_LINE_BYTES } from '../lib/limits';
import { coreId, ipiSend, pause } from '../lib/machine';
import { release } from '../lib/objects';

export const VECTOR_MESSAGE: i32 = 2;

/** In each CPU's memory: its last line. */
const MAILBOX: usize = CPU_BYTES - MOST_LINE_BYTES;
/** Its words: the last message of either list, 0 where there is none; and whether the CPU looks at the first of them again and again. */
const CALLS: usize = 0;
const SENT: usize = 4;
const LOOKING: usize = 8;

class Message {
  /** The one that came before it. */
  next: usize = 0;
  answer: i32 = 0;
  answered: i32 = 0;
  // It goes from CPU to CPU: nothing else may be in its line.
  private padding0: u64 = 0;
  private padding1: u64 = 0;
  private padding2: u64 = 0;
  private padding3: u64 = 0;
  private padding4: u64 = 0;
  private padding5: u64 = 0;
  private padding6: u64 = 0;
  private padding7: u64 = 0;
  private padding8: u64 = 0;
  private padding9: u64 = 0;
  private padding10: u64 = 0;

  constructor(
    readonly fn: i32,
    readonly a: usize,
    readonly b: usize,
    readonly c: usize,
  ) {}

  run(): i32 {
    return call_indirect<i32>(this.fn, this.a, this.b, this.c);
  }
}

// --- sending

/** Lets a CPU call a function `(a: usize, b: usize, c: usize) => i32`, waits, and returns its answer. On this CPU that is a plain call. */
export function callOn(cpu: i32, fn: i32, a: usize = 0, b: usize = 0, c: usize = 0): i32 {
  if (cpu == coreId()) return call_indirect<i32>(fn, a, b, c);
  const message = new Message(fn, a, b, c);
  post(cpu, CALLS, message);
  const answered = changetype<usize>(message) + offsetof<Message>('answered');
  const before = startLooking();
  while (atomic.load<i32>(answered) == 0) {
    pause();
    serveMessages();
  }
  stopLooking(before);
  const answer = message.answer;
  release(message);
  return answer;
}

/** Lets a CPU call such a function as soon as it holds no lock; what it answers is lost. */
export function sendTo(cpu: i32, fn: i32, a: usize = 0, b: usize = 0, c: usize = 0): void {
  post(cpu, SENT, new Message(fn, a, b, c));
}

function post(cpu: i32, list: usize, message: Message): void {
  const mailbox = cpuMemoryOf(cpu) + MAILBOX;
  let last: usize = 0;
  do {
    last = atomic.load<usize>(mailbox + list);
    message.next = last;
  } while (atomic.cmpxchg<usize>(mailbox + list, last, changetype<usize>(message)) != last);
  // Who came first has interrupted it. It has stopped to look only before a last look: see stopLooking.
  if (last == 0 && (list == SENT || atomic.load<i32>(mailbox + LOOKING) == 0)) ipiSend(cpu, VECTOR_MESSAGE);
}

// --- serving

/** From here on this CPU calls `serveMessages` again and again, so that nobody has to interrupt it for a call. Returns what is for `stopLooking`. */
@inline
export function startLooking(): i32 {
  return atomic.xchg<i32>(cpuMemory() + MAILBOX + LOOKING, 1);
}

export function stopLooking(before: i32): void {
  atomic.store<i32>(cpuMemory() + MAILBOX + LOOKING, before);
  // Whoever has still seen it looking has left his message before.
  serveMessages();
}

/** Serves the calls that have come. For loops that wait for another CPU. */
@inline
export function serveMessages(): void {
  const mailbox = cpuMemory() + MAILBOX;
  if (load<usize>(mailbox + CALLS) != 0) serveCalls(mailbox);
}

/** Serves all messages that have come. For the interrupt and the idle loop, where no lock is held. */
export function serveAll(): void {
  serveMessages();
  const mailbox = cpuMemory() + MAILBOX;
  if (load<usize>(mailbox + SENT) == 0) return;
  let message = takeAll(mailbox + SENT);
  while (message) {
    const next = changetype<Message | null>(message.next);
    message.run();
    release(message);
    message = next;
  }
}

function serveCalls(mailbox: usize): void {
  let message = takeAll(mailbox + CALLS);
  while (message) {
    // The sender frees it as soon as it is answered.
    const next = changetype<Message | null>(message.next);
    message.answer = message.run();
    atomic.store<i32>(changetype<usize>(message) + offsetof<Message>('answered'), 1);
    message = next;
  }
}

/** Empties a list; its messages, the first that came first. */
function takeAll(list: usize): Message | null {
  let message = changetype<Message | null>(atomic.xchg<usize>(list, 0));
  let first: Message | null = null;
  while (message) {
    const earlier = changetype<Message | null>(message.next);
    message.next = changetype<usize>(first);
    first = message;
    message = earlier;
  }
  return first;
}
