// The intrinsics of kernels: interrupts, sleeping, cores; those of contexts, links and devices are told of elsewhere. docs/machine-contract.md says what they do for guests.
//
// A kernel finds them all. A user image finds those that are open to user mode; the others raise a protection fault there, in which
// the kernel may answer for them.
import type { Interrupts } from '../interrupt/interrupts.ts';
import { recordOf, type Sleepers } from '../interrupt/sleepers.ts';
import * as platform from '../platform.ts';
import type { MachineProfile } from '../profile/schema.ts';
import {
  CAUSE_MISUSE,
  CORE_MONITOR,
  CORE_MONITOR_HIT,
  FRAME_VALUES,
  LEAVE_WAIT,
  SLEEPS_HALT,
  SLEEPS_MWAIT,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { chargeRunning, runningTime } from '../time/clock.ts';
import { type FunctionType, I32, I64 } from '../wasm/types.ts';
import type { FunctionRef } from './external.ts';
import type { Builtin, FunctionTable } from './function-table.ts';
import type { GuestCounters } from './guest-counters.ts';
import { answer, type Body, deadline, type IntrinsicDefinition, parameter } from './intrinsic-definition.ts';
import { TrapRequest } from './trap.ts';

/** What the intrinsics act on. */
export interface KernelParts {
  readonly memory: MachineMemory;
  readonly functions: FunctionTable;
  readonly interrupts: Interrupts;
  readonly sleepers: Sleepers;
  readonly core: MachineProfile['core'];
  readonly cores: number;
  readonly counters: GuestCounters;
  /** Those of contexts, links and devices. */
  readonly others: readonly IntrinsicDefinition[];
  /** Starts a core, `now` being the time (ticks) at which the running one asks for it. */
  readonly startCore: (request: CoreStart, now: number) => void;
}

export interface CoreStart {
  readonly core: number;
  readonly link: number;
  readonly fn: number;
  readonly argument: number;
  readonly root: number;
}

function definitions(parts: KernelParts): IntrinsicDefinition[] {
  const { memory, functions, interrupts, sleepers, core: costs, cores } = parts;
  const word = (frame: number, i: number) => parameter(memory, frame, i);
  const coreParameter = (frame: number, name: string): number => {
    const core = word(frame, 0);
    if (core >= cores) throw new TrapRequest(CAUSE_MISUSE, `${name}: core ${core} of ${cores} cores`);
    return core;
  };
  const halt: Builtin = (frame) => {
    const core = functions.currentCore;
    if (interrupts.isPending(core)) return false;
    sleepers.sleep(core, SLEEPS_HALT, runningTime(memory), undefined);
    return functions.leave(frame, LEAVE_WAIT);
  };
  const send: Builtin = (frame) => {
    const target = coreParameter(frame, 'ipi_send');
    const vector = word(frame, 1);
    if (vector >= platform.VECTORS)
      throw new TrapRequest(CAUSE_MISUSE, `ipi_send: vector ${vector} of ${platform.VECTORS} vectors`);
    interrupts.send(functions.currentCore, target, vector, runningTime(memory));
    chargeRunning(memory, Math.round(costs.ipiSendCycles * TICKS_PER_CYCLE));
    return false;
  };
  const setTimer: Builtin = (frame) => {
    const time = deadline(memory, frame, 0);
    const now = runningTime(memory);
    interrupts.setTimer(functions.currentCore, time === undefined ? undefined : Math.max(time, now));
    return false;
  };
  const mwait: Builtin = (frame) => {
    const core = functions.currentCore;
    const record = recordOf(core);
    const now = runningTime(memory);
    const until = deadline(memory, frame, 0);
    if (memory.load32(record + CORE_MONITOR) === 0 || memory.load32(record + CORE_MONITOR_HIT) !== 0) {
      return answer(memory, frame, platform.WOKEN_BY_WRITE);
    }
    if (interrupts.isPending(core)) return answer(memory, frame, platform.WOKEN_BY_INTERRUPT);
    if (until !== undefined && until <= now) return answer(memory, frame, platform.WOKEN_BY_DEADLINE);
    sleepers.sleep(core, SLEEPS_MWAIT, now, until);
    return functions.leave(frame, LEAVE_WAIT);
  };
  const start: Builtin = (frame) => {
    const core = coreParameter(frame, 'core_start');
    const request = { core, link: word(frame, 1), fn: word(frame, 2), argument: word(frame, 3), root: word(frame, 4) };
    parts.startCore(request, runningTime(memory));
    return false;
  };
  const readCounter: Builtin = (frame) => {
    const value = parts.counters.read(word(frame, 0), functions.currentCore);
    memory.store64(frame + FRAME_VALUES, BigInt(value ?? -platform.EINVAL));
    return false;
  };
  const both = (body: Body) => ({ kernel: body, user: body });
  return [
    { name: 'fence', params: [], results: [], ...both('fence') },
    { name: 'prefetch', params: [I32], results: [], kernel: 'kernelPrefetch', user: 'prefetch' },
    { name: 'line_zero', params: [I32], results: [], kernel: 'kernelLineZero', user: 'lineZero' },
    {
      name: 'set_page_root',
      params: [I32, I32],
      results: [],
      kernel: 'setRoot',
      number: platform.INTRINSIC_SET_PAGE_ROOT,
    },
    { name: 'invlpg', params: [I32], results: [], kernel: 'forgetPage', number: platform.INTRINSIC_INVLPG },
    { name: 'tlb_flush', params: [I32], results: [], kernel: 'flushPages', number: platform.INTRINSIC_TLB_FLUSH },
    { name: 'interrupts', params: [I32], results: [I32], kernel: 'interrupts', number: platform.INTRINSIC_INTERRUPTS },
    { name: 'halt', params: [], results: [], kernel: halt, number: platform.INTRINSIC_HALT },
    { name: 'ipi_send', params: [I32, I32], results: [], kernel: send, number: platform.INTRINSIC_IPI_SEND },
    { name: 'timer_set', params: [I64], results: [], kernel: setTimer, number: platform.INTRINSIC_TIMER_SET },
    {
      name: 'core_start',
      params: [I32, I32, I32, I32, I32],
      results: [],
      kernel: start,
      number: platform.INTRINSIC_CORE_START,
    },
    {
      name: 'fault_address',
      params: [],
      results: [I32],
      kernel: 'faultAddress',
      number: platform.INTRINSIC_FAULT_ADDRESS,
    },
    { name: 'syscall', params: [I32, I32, I32, I32, I32, I32, I32], results: [I64], ...both('syscall') },
    {
      name: 'monitor',
      params: [I32],
      results: [],
      kernel: 'kernelMonitor',
      ...(costs.mwaitInUserMode ? { user: 'monitor' } : {}),
      number: platform.INTRINSIC_MONITOR,
    },
    {
      name: 'mwait',
      params: [I64],
      results: [I32],
      kernel: mwait,
      ...(costs.mwaitInUserMode ? { user: mwait } : {}),
      number: platform.INTRINSIC_MWAIT,
    },
    {
      name: 'counter_read',
      params: [I32],
      results: [I64],
      kernel: readCounter,
      number: platform.INTRINSIC_COUNTER_READ,
    },
    ...parts.others,
  ];
}

/** An intrinsic that has been asked for, and its id. */
export interface SavedIntrinsic {
  readonly privilege: 'kernel' | 'user';
  readonly name: string;
  readonly id: number;
}

/** The intrinsics by name, for images of each privilege. They are made when they are asked for: few guests import many. */
export class KernelIntrinsics {
  readonly kernel: Readonly<Record<string, FunctionRef>> = {};
  readonly user: Readonly<Record<string, FunctionRef>> = {};
  readonly #functions: FunctionTable;
  readonly #made: SavedIntrinsic[] = [];

  constructor(parts: KernelParts) {
    this.#functions = parts.functions;
    for (const definition of definitions(parts)) {
      const { name, kernel, user } = definition;
      this.#define('kernel', name, () => this.#make('kernel', definition, kernel));
      this.#define('user', name, () =>
        user === kernel ? this.kernel[name] : this.#make('user', definition, user ?? 'denied'),
      );
    }
  }

  #make(privilege: 'kernel' | 'user', definition: IntrinsicDefinition, body: Body): FunctionRef {
    const { name, number = 0 } = definition;
    const type: FunctionType = { params: [...definition.params], results: [...definition.results] };
    const title = `machine.${name}`;
    const made =
      typeof body === 'string'
        ? this.#functions.native(type, title, body, number)
        : this.#functions.builtin(type, title, body);
    this.#made.push({ privilege, name, id: made.id });
    return made;
  }

  #define(privilege: 'kernel' | 'user', name: string, make: () => FunctionRef): void {
    let made: FunctionRef | undefined;
    Object.defineProperty(this[privilege], name, {
      enumerable: true,
      get: () => {
        made ??= make();
        return made;
      },
    });
  }

  save(): SavedIntrinsic[] {
    return [...this.#made];
  }

  restore(saved: readonly SavedIntrinsic[]): void {
    for (const { privilege, name, id } of saved) this.#functions.at(id, () => this[privilege][name]);
  }
}
