// K42's process server without a kernel: the module runs in the host's own engine, is called as a worker is, and follows a model through random calls. What it tells the
// kernel of processes is noted. That many calls at a time do no harm is tried on the machine: ../unix/programs/families.assembly.ts.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { PPC_KERNEL } from '../../../guest/k42/ppc-numbers.ts';
import * as service from '../../../guest/k42/process-service.ts';
import { SYS_STORE_AT } from '../../../guest/k42/service-numbers.ts';
import {
  EAGAIN,
  EFAULT,
  ENOSYS,
  EPERM,
  PROCESS_BYTES,
  PROCESS_ID,
  PROCESS_PARENT,
  PROCESS_STATE,
  SIGKILL,
  USAGE_BYTES,
} from '../../../guest/posix/abi.ts';
import { guestFile } from '../../../host/guest-programs.ts';
import { FamilyModel, MOST_PROCESSES, type Relative } from './family-model.ts';

const PAGE = 65536;
const FIRST_HANDLE = 0x1000;
/** Addresses in the memory of those who call. */
const STATUS = 0x100;
const USAGE = 0x200;
const LIST = 0x1000;
const NOWHERE = 0x9999_0000;
const SLEEPS = 0x53;
const ZOMBIE = 0x5a;

/** The server, and the kernel's part of what it does. */
class Server {
  readonly told: string[] = [];
  /** What it has stored in its callers' memory. */
  readonly callers = new DataView(new ArrayBuffer(0x20000));
  private readonly memory: WebAssembly.Memory;
  private readonly answer: (block: number) => bigint;
  private readonly block: number;

  constructor() {
    let answerIndex = 0;
    const posix = new Proxy({}, { get: () => () => 1 });
    const syscall = (n: number, a: number, b: number, c: number) => {
      if (n === service.SYS_TERMINAL_SIGNAL) throw new Error('that is a thread of its own');
      if (n >= service.SYS_PROCESS_RAISE || n === SYS_STORE_AT) return BigInt(this.serve(n, a >>> 0, b, c));
      answerIndex = c;
      return 0n;
    };
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(readFileSync(guestFile('k42/servers/process-server'))),
      { posix, machine: { syscall, pause: () => {}, core_id: () => 0 } },
    );
    this.memory = exports.memory as WebAssembly.Memory;
    (exports.main as () => number)();
    this.answer = (exports.table as WebAssembly.Table).get(answerIndex);
    this.block = this.memory.grow(1) * PAGE;
  }

  private serve(n: number, a: number, b: number, c: number): number {
    const own = new Uint8Array(this.memory.buffer);
    if (n === SYS_STORE_AT) {
      if (a === NOWHERE) return -EFAULT;
      new Uint8Array(this.callers.buffer).set(own.subarray(b, b + c), a);
    } else if (n === service.SYS_PROCESS_RAISE) this.told.push(`raise ${a} ${b}`);
    else if (n === service.SYS_PROCESS_NOTIFY) this.told.push(`notify ${a} ${b}`);
    else if (n === service.SYS_PROCESS_DROP) {
      this.told.push(`drop ${a}`);
      if (b !== 0) own.fill(a & 0xff, b, b + USAGE_BYTES);
    } else if (n === service.SYS_PROCESS_DESCRIBE) {
      own.fill(0, b, b + PROCESS_BYTES);
      new DataView(this.memory.buffer).setInt32(b + PROCESS_STATE, SLEEPS, true);
    } else return -ENOSYS;
    return 0;
  }

  call(caller: number, rights: number, operation: number, b = 0, c = 0, d = 0, e = 0): bigint {
    const block = new DataView(this.memory.buffer, this.block);
    for (const [i, word] of [caller, operation, b, c, e, rights, d, 0].entries()) block.setInt32(4 * i, word, true);
    return this.answer(this.block);
  }

  ask(caller: number, operation: number, ...words: number[]): number {
    return Number(BigInt.asIntN(32, this.call(caller, 0, operation, ...words)));
  }

  askAsKernel(operation: number, ...words: number[]): number {
    return Number(this.call(0, PPC_KERNEL, operation, ...words));
  }
}

/** Both, side by side: each step is made by both, and both must answer and tell the same. */
class Pair {
  readonly server = new Server();
  readonly model = new FamilyModel();
  private handles = FIRST_HANDLE;
  private state = 1;

  random(below: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * below);
  }

  one(): Relative {
    const running = [...this.model.all.values()].filter(({ hasEnded }) => !hasEnded);
    return running[this.random(running.length)] as Relative;
  }

  /** A number that is somebody's, or was, or is nobody's. */
  number(): number {
    const all = [...this.model.all.keys()];
    const id = all[this.random(all.length)] ?? 1;
    return this.random(8) === 0 ? id + MOST_PROCESSES * this.random(3) - 1 : id;
  }

  same(): void {
    expect(this.server.told.sort()).toEqual(this.model.told.sort());
    this.server.told.length = 0;
    this.model.told = [];
  }

  create(parent: Relative | undefined, group: number): number {
    const handle = this.handles++;
    const id = this.server.askAsKernel(service.NEW, parent?.id ?? 0, group, handle);
    expect(id).toBe(this.model.create(parent, group, handle));
    return id;
  }

  end(one: Relative): void {
    const status = this.random(65536);
    this.model.end(one, status);
    expect(this.server.askAsKernel(service.ENDED, one.id, status)).toBe(0);
    this.same();
  }

  wait(self: Relative, id: number, options = 0): number {
    const expected = this.model.wait(self, id, options);
    const answer = this.server.call(self.id, 0, service.WAIT, id, STATUS, options, USAGE);
    this.same();
    if (typeof expected === 'number') {
      expect(answer).toBe(expected === 0 ? BigInt(self.events) << 32n : BigInt(expected));
      return expected;
    }
    expect(answer).toBe(BigInt(expected.id));
    expect(this.server.callers.getInt32(STATUS, true)).toBe(expected.status);
    expect(this.server.callers.getUint8(USAGE + USAGE_BYTES - 1)).toBe(expected.handle & 0xff);
    return expected.id;
  }

  list(self: Relative): void {
    const { server, model } = this;
    expect(server.ask(self.id, service.LIST, LIST, MOST_PROCESSES * PROCESS_BYTES)).toBe(model.all.size);
    const found = Array.from({ length: model.all.size }, (_, i) => {
      const word = (offset: number) => server.callers.getInt32(LIST + i * PROCESS_BYTES + offset, true);
      return [word(PROCESS_ID), word(PROCESS_PARENT), word(PROCESS_STATE)];
    });
    const expected = [...model.all.values()].map((one) => [
      one.id,
      one.parent?.id ?? 0,
      one.hasEnded ? ZOMBIE : SLEEPS,
    ]);
    const byId = (a: number[], b: number[]) => (a[0] as number) - (b[0] as number);
    expect(found.sort(byId)).toEqual(expected.sort(byId));
  }

  step(): void {
    const { server, model } = this;
    const self = this.one();
    const kind = this.random(20);
    if (kind < 6) this.create(self, this.random(3) === 0 ? this.number() : -this.random(2));
    else if (kind < 11) {
      if (self.id !== 1) this.end(self);
    } else if (kind < 14)
      this.wait(self, this.random(2) === 0 ? -1 : this.number() - this.random(2) * 20, this.random(3));
    else if (kind < 16) {
      const target = (this.random(2) === 0 ? 1 : -1) * this.number() * Math.min(1, this.random(9));
      const signal = this.random(34) - 1;
      expect(server.ask(self.id, service.KILL, target, signal)).toBe(model.kill(self, target, signal));
    } else if (kind < 18) {
      const own = model.childrenOf(self).map(({ id }) => id);
      const id = [0, self.id, this.number(), ...own][this.random(3 + own.length)] as number;
      const group = [0, -1, id, this.number(), model.groupOf(self, this.number())][this.random(5)] as number;
      expect(server.ask(self.id, service.SET_GROUP, id, group)).toBe(model.setGroup(self, id, group));
    } else if (kind < 19) {
      const id = this.number();
      expect(server.ask(self.id, service.GROUP, id)).toBe(model.groupOf(self, id));
      expect(server.ask(self.id, service.PARENT)).toBe(self.parent?.id ?? 0);
    } else {
      const id = this.create(self, -1);
      const child = model.all.get(id);
      if (child) {
        model.withdraw(child);
        expect(server.askAsKernel(service.WITHDRAW, id)).toBe(0);
      }
    }
    this.same();
  }
}

describe("K42's process server", () => {
  let pair: Pair;
  beforeEach(() => {
    pair = new Pair();
    expect(pair.create(undefined, 0)).toBe(1);
  });

  it('follows a model through random calls', () => {
    for (let i = 0; i < 6000; i++) {
      pair.step();
      if (i % 500 === 0) pair.list(pair.one());
    }
    for (let one = pair.one(); one.id !== 1 || pair.model.all.size > 1; one = pair.one()) {
      if (one.id === 1) while (pair.wait(one, -1) > 0) {}
      else pair.end(one);
    }
    expect(pair.server.ask(1, service.LIST, 0, 0)).toBe(1);
  });

  it('gives numbers again, but not those of processes and groups that there are', () => {
    const init = pair.one();
    const founder = pair.model.all.get(pair.create(init, 0)) as Relative;
    const member = pair.model.all.get(pair.create(init, founder.id)) as Relative;
    pair.end(founder);
    pair.wait(init, founder.id);
    for (let i = 0; i < 33_000; i++) {
      const id = pair.server.askAsKernel(service.NEW, 1, -1, 1);
      expect([init.id, founder.id, member.id]).not.toContain(id % MOST_PROCESSES);
      pair.server.askAsKernel(service.WITHDRAW, id);
    }
  });

  it('has room for 1024 processes', () => {
    const init = pair.one();
    for (let i = 1; i < MOST_PROCESSES; i++) expect(pair.create(init, (i % 2) - 1)).toBeGreaterThan(0);
    expect(pair.create(init, -1)).toBe(-EAGAIN);
    pair.list(init);
    pair.end(pair.model.all.get(700) as Relative);
    expect(pair.create(init, -1)).toBe(-EAGAIN);
    expect(pair.wait(init, -1)).toBe(700);
    expect(pair.create(init, -1)).toBeGreaterThan(MOST_PROCESSES);
  });

  it('tells who gives a bad address that it is one, and lets the child go', () => {
    const init = pair.one();
    for (const [status, usage] of [
      [NOWHERE, 0],
      [0, NOWHERE],
    ] as const) {
      const id = pair.create(init, -1);
      pair.server.askAsKernel(service.ENDED, id, 0);
      expect(pair.server.ask(1, service.WAIT, id, status, 0, usage)).toBe(-EFAULT);
      expect(pair.server.ask(1, service.WAIT, id, 0, 0, 0)).toBe(-10);
    }
    pair.create(init, -1);
    for (let i = 0; i < 2; i++) expect(pair.server.ask(1, service.LIST, NOWHERE, 2 * PROCESS_BYTES)).toBe(-EFAULT);
    expect(pair.server.ask(1, service.LIST, LIST, 2 * PROCESS_BYTES)).toBe(2);
  });

  it('does for nobody else what it does for the kernel', () => {
    for (const operation of [service.NEW, service.WITHDRAW, service.ENDED, 0, 99]) {
      expect(pair.server.ask(1, operation, 1, 1, 1, 1)).toBe(-ENOSYS);
    }
    expect(pair.server.ask(1, service.SET_FOREGROUND, 5)).toBe(-EPERM);
    expect(pair.server.ask(1, service.SET_FOREGROUND, 1)).toBe(0);
    expect(pair.server.ask(1, service.KILL, 0, SIGKILL)).toBe(0);
    expect(pair.server.told).toEqual([`raise ${FIRST_HANDLE} ${SIGKILL}`]);
  });
});
