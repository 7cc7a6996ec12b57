// Hooks an observer up with the parts of a machine that have something to tell, and with no more of them than it listens to.
import type { CoherenceController } from '../coherence/controller.ts';
import type { CoherenceListener } from '../coherence/listener.ts';
import type { Image } from '../core/image.ts';
import type { InterruptListener } from '../interrupt/interrupts.ts';
import type { SleepListener } from '../interrupt/sleepers.ts';
import {
  OBSERVE_ACCESSES,
  OBSERVE_KERNEL,
  OBSERVE_SLICES,
  REG_ACCESS_ADDRESS,
  REG_ACCESS_BYTES,
  REG_ACCESS_POINT,
  TELL_FINISH,
  TELL_INTERRUPT,
  TELL_RETURN,
  TELL_SLICE,
  TELL_SWITCH,
  TELL_TRAP,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { CodeSite, ObservedMachine, Observer, Transaction } from './observer.ts';

export interface ObservedParts {
  readonly memory: MachineMemory;
  readonly coherence: CoherenceController;
  readonly sleepers: { listener: SleepListener | undefined };
  /** Told of cores that are parked, and go on. */
  readonly parking: { listener: SleepListener | undefined };
  readonly interrupts: { listener: InterruptListener | undefined };
}

/** What the native helper calls: machine/native/observe.ts. Times are ticks. */
export type Tell = (kind: number, core: number, time: number, a: number, b: number) => void;

/** The instruction whose point has its descriptor at an address, in one of these images. */
export function findSite(images: Iterable<Image>, site: number): CodeSite | undefined {
  for (const image of images) {
    const place = image.pointAt(site);
    if (place) return { image, name: image.functionName(place.function), ...place };
  }
  return undefined;
}

/** What the native helper is to tell: its constant `observed`. */
export function observedBits(observer: Observer | undefined): number {
  if (!observer) return 0;
  const kernel = observer.trap ?? observer.interrupt ?? observer.trapReturn ?? observer.contextSwitch;
  return (
    ((observer.slice ?? observer.finish) ? OBSERVE_SLICES : 0) |
    (kernel ? OBSERVE_KERNEL : 0) |
    (observer.transaction ? OBSERVE_ACCESSES : 0)
  );
}

/** Returns what the native helper is to call. To be called once, before anything runs. */
export function connectObserver(observer: Observer, machine: ObservedMachine, parts: ObservedParts): Tell {
  const { memory, coherence, sleepers, interrupts, parking } = parts;
  if (observer.sleep || observer.willWake || observer.wake) {
    const listener: SleepListener = {
      sleep: (core, time, kind) => observer.sleep?.(core, time, kind),
      willWake: (core, time, by) => observer.willWake?.(core, time, by),
      wake: (core, time, reason, by) => observer.wake?.(core, time, reason, by),
    };
    sleepers.listener = listener;
    parking.listener = listener;
  }
  if (observer.ipi) {
    interrupts.listener = {
      ipi: (core, time, target, vector, arrival) => observer.ipi?.(core, time, target, vector, arrival),
    };
  }
  listenToCoherence(observer, machine, memory, coherence);
  observer.attach?.(machine);
  return (kind, core, time, a, b) => {
    switch (kind) {
      case TELL_SLICE:
        return observer.slice?.(core, a, time);
      case TELL_FINISH:
        return observer.finish?.(core, time);
      case TELL_TRAP:
        return observer.trap?.(core, time, a, b);
      case TELL_INTERRUPT:
        return observer.interrupt?.(core, time, b);
      case TELL_RETURN:
        return observer.trapReturn?.(core, time);
      case TELL_SWITCH:
        return observer.contextSwitch?.(core, time, a, b);
    }
  };
}

/** The machine itself may listen for lines that it watches; what is for observers comes beside that. */
function listenToCoherence(
  observer: Observer,
  machine: ObservedMachine,
  memory: MachineMemory,
  coherence: CoherenceController,
): void {
  if (!observer.transaction && !observer.eviction) return;
  const listener: CoherenceListener = { ...coherence.listener };
  if (observer.eviction) {
    listener.evicted = (core, line, state, time) => observer.eviction?.(core, time, line, state);
  }
  if (observer.transaction) listener.transaction = transactionListener(observer, machine, memory);
  coherence.listener = listener;
}

/** Tells an observer of transactions, with the access that made each. */
function transactionListener(
  observer: Observer,
  machine: ObservedMachine,
  memory: MachineMemory,
): CoherenceListener['transaction'] & {} {
  const lineMask = machine.profile.lineBytes - 1;
  const transaction: Transaction = {
    core: 0,
    line: 0,
    request: 0,
    start: 0,
    end: 0,
    source: 0,
    supplier: -1,
    invalidations: 0,
    offset: 0,
    bytes: 0,
    address: -1,
    site: 0,
  };
  return (record) => {
    transaction.core = record.core;
    transaction.line = record.line;
    transaction.request = record.request;
    transaction.start = record.start;
    transaction.end = record.end;
    transaction.source = record.source;
    transaction.supplier = record.supplier;
    transaction.invalidations = record.invalidations;
    const bytes = memory.load32(REG_ACCESS_BYTES);
    const address = memory.load32(REG_ACCESS_ADDRESS);
    transaction.bytes = bytes;
    transaction.address = bytes === 0 ? -1 : address;
    transaction.offset = bytes === 0 ? 0 : address & lineMask;
    transaction.site = bytes === 0 ? 0 : memory.load32(REG_ACCESS_POINT);
    observer.transaction?.(transaction);
  };
}
