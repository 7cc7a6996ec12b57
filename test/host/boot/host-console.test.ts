// Input of a guest's console: a terminal gives keys as they come, everything else is read when it is asked for.
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { HostConsole, type InputStream } from '../../../host/boot/host-console.ts';

class Stream extends EventEmitter implements InputStream {
  isTTY: boolean;
  readonly calls: string[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(raw: boolean) {
    this.calls.push(raw ? 'raw' : 'cooked');
  }

  resume() {
    this.calls.push('resume');
  }

  pause() {
    this.calls.push('pause');
  }

  type(text: string) {
    this.emit('data', Buffer.from(text));
  }
}

const texts = (console: HostConsole) => console.take().map((bytes) => Buffer.from(bytes).toString());

test('a terminal is raw from the start and as it was at the end', async () => {
  const stream = new Stream(true);
  const console = new HostConsole(stream);
  expect(console.isTerminal).toBe(true);
  stream.type('l');
  await console.more(undefined);
  stream.type('s\r');
  expect(texts(console)).toEqual(['l', 's\r']);
  expect(texts(console)).toEqual([]);
  console.close();
  expect(stream.calls).toEqual(['raw', 'resume', 'cooked', 'pause']);
  expect(stream.listenerCount('data')).toBe(0);
});

test('waiting ends with the next key, and Ctrl-] leaves without reaching the guest', async () => {
  const stream = new Stream(true);
  const console = new HostConsole(stream);
  const waiting = console.more(undefined);
  stream.type('x');
  await waiting;
  expect(texts(console)).toEqual(['x']);
  const leaving = console.more(undefined);
  stream.type('\u001d');
  await leaving;
  expect(console.left).toBe(true);
  expect(texts(console)).toEqual([]);
});

test('a pipe is not read before the guest asks, and then to its end', async () => {
  const stream = new Stream(false);
  const console = new HostConsole(stream);
  expect([console.isTerminal, stream.calls]).toEqual([false, []]);
  const waiting = console.more(undefined);
  stream.type('a');
  stream.type('b');
  let done = false;
  waiting.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toBe(false);
  stream.emit('end');
  await waiting;
  expect([texts(console).join(''), console.ended]).toEqual(['ab', true]);
});

test('without a stream the input has ended', async () => {
  const console = new HostConsole(undefined);
  await console.more(undefined);
  expect([console.ended, console.take()]).toEqual([true, []]);
});

test('an interruption ends the wait', async () => {
  const interruption = new AbortController();
  const console = new HostConsole(new Stream(true));
  const removed: string[] = [];
  const { signal } = interruption;
  const remove = signal.removeEventListener.bind(signal);
  signal.removeEventListener = (type: string, listener: never) => {
    removed.push(type);
    remove(type, listener);
  };
  const waiting = console.more(signal);
  interruption.abort();
  await waiting;
  expect(removed).toEqual(['abort']);
});
