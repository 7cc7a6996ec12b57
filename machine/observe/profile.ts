// A deterministic profile: where in the guest each core spends its cycles.
//
// Samples are taken at the ends of windows, as soon as a core has run for a period since its last one; each weighs what the core has
// run since then, so the weights of a core add up to exactly its time. Where a core sleeps, the time weighs on the place that put it
// to sleep, under one more frame that says so. The same run gives the same profile.
//
// Windows end at loop heads, memory accesses and calls, so samples stand there and not at the instructions between.
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { CodeSite, ObservedMachine, Observer } from './observer.ts';
import { sleepName } from './words.ts';

/** A frame of a sampled stack: a place in guest code, or a state of the core in brackets. */
export type ProfileFrame = CodeSite | string;

export interface ProfileOptions {
  /** Cycles between the samples of a core, at least. */
  readonly period?: number;
  /** Samples that are kept in the order of time, for all cores; later ones only add to the sums of their stacks. */
  readonly samples?: number;
}

function sleepFrame(kind: number): ProfileFrame {
  return `(${sleepName(kind)})`;
}

/** Stacks as a tree, by the number of their innermost node; 0 is the empty stack. */
class StackTree {
  readonly frames: ProfileFrame[] = [];
  readonly #parents = [0];
  readonly #frameOf = [-1];
  readonly #children = new Map<number, number>();
  readonly #frameNumbers = new Map<string, number>();
  readonly #images = new Map<object, number>();

  child(node: number, frame: ProfileFrame): number {
    const number = this.#frameNumber(frame);
    const key = node * 0x20_0000 + number;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.#parents.length;
      this.#parents.push(node);
      this.#frameOf.push(number);
      this.#children.set(key, child);
    }
    return child;
  }

  /** Indices into `frames`, outermost call first. */
  stack(node: number): number[] {
    const stack: number[] = [];
    for (let at = node; at !== 0; at = this.#parents[at]) stack.unshift(this.#frameOf[at]);
    return stack;
  }

  #frameNumber(frame: ProfileFrame): number {
    const key =
      typeof frame === 'string' ? frame : `${this.#imageNumber(frame.image)} ${frame.function} ${frame.offset}`;
    let number = this.#frameNumbers.get(key);
    if (number === undefined) {
      number = this.frames.length;
      // A copy: the machine's own may be more than a site, and must not be kept alive.
      if (typeof frame === 'string') this.frames.push(frame);
      else this.frames.push({ name: frame.name, function: frame.function, offset: frame.offset, image: frame.image });
      this.#frameNumbers.set(key, number);
    }
    return number;
  }

  #imageNumber(image: object): number {
    let number = this.#images.get(image);
    if (number === undefined) {
      number = this.#images.size;
      this.#images.set(image, number);
    }
    return number;
  }
}

interface CoreState {
  /** Ticks run since the last sample, and until when. */
  pending: number;
  end: number;
  /** Its last sample's stack. */
  node: number;
  sleep: { readonly start: number; readonly kind: number; node: number | undefined } | undefined;
  /** What it was started with, for time that has no other place. */
  root: number;
}

interface Sample {
  readonly core: number;
  readonly node: number;
  readonly ticks: number;
}

export class Profile implements Observer {
  /** Cycles between samples, at least. */
  readonly period: number;
  readonly #most: number;
  readonly #tree = new StackTree();
  readonly #samples: Sample[] = [];
  /** By core: ticks of each stack behind the last kept sample. */
  readonly #rest: Map<number, number>[] = [];
  readonly #cores: CoreState[] = [];
  #machine: ObservedMachine | undefined;
  #unordered = 0;

  constructor({ period = 10_000, samples = 1 << 20 }: ProfileOptions = {}) {
    this.period = period;
    this.#most = samples;
  }

  attach(machine: ObservedMachine): void {
    if (this.#machine) throw new Error('this profile belongs to a machine already: each needs its own');
    this.#machine = machine;
    for (let core = 0; core < machine.coreCount; core++) {
      this.#cores.push({ pending: 0, end: 0, node: 0, sleep: undefined, root: 0 });
      this.#rest.push(new Map());
    }
  }

  start(core: number, _time: number, name: string): void {
    this.#cores[core].root = this.#tree.child(0, name);
  }

  slice(core: number, start: number, end: number): void {
    const state = this.#cores[core];
    state.pending += end - start;
    state.end = end;
    if (state.sleep && state.sleep.node === undefined) this.#fallAsleep(core, state);
    else if (state.pending >= this.period * TICKS_PER_CYCLE) this.#sample(core, state);
  }

  finish(core: number): void {
    this.#sample(core, this.#cores[core]);
  }

  sleep(core: number, time: number, kind: number): void {
    const state = this.#cores[core];
    state.sleep = { start: time, kind, node: undefined };
    // Else the window that it falls asleep in is still to be told, and only then the core's frames are in their place.
    if (state.end === time) this.#fallAsleep(core, state);
  }

  wake(core: number, time: number): void {
    const state = this.#cores[core];
    const { sleep } = state;
    state.sleep = undefined;
    if (!sleep) return;
    const node = sleep.node ?? this.#tree.child(state.node, sleepFrame(sleep.kind));
    this.#add(core, node, time - sleep.start);
  }

  #fallAsleep(core: number, state: CoreState): void {
    this.#sample(core, state);
    if (state.sleep) state.sleep.node = this.#tree.child(state.node, sleepFrame(state.sleep.kind));
  }

  /** Puts the pending time on the place where the core stands; on its last one when it stands nowhere any more. */
  #sample(core: number, state: CoreState): void {
    const frames = this.#machine?.backtrace(core) ?? [];
    let node = 0;
    for (let i = frames.length - 1; i >= 0; i--) node = this.#tree.child(node, frames[i]);
    if (node !== 0) state.node = node;
    else if (state.node === 0) state.node = state.root;
    if (state.pending > 0) this.#add(core, state.node, state.pending);
    state.pending = 0;
  }

  #add(core: number, node: number, ticks: number): void {
    if (this.#samples.length < this.#most) {
      this.#samples.push({ core, node, ticks });
      return;
    }
    this.#unordered++;
    const rest = this.#rest[core];
    rest.set(node, (rest.get(node) ?? 0) + ticks);
  }

  // --- what can be read ------------------------------------------------------------------------------------------------

  /** What the stacks are made of, by number. */
  get frames(): readonly ProfileFrame[] {
    return this.#tree.frames;
  }

  /** Samples that are only in the sums at each core's end: see ProfileOptions.samples. */
  get unordered(): number {
    return this.#unordered;
  }

  /** A core's samples in the order of time: its stack (numbers of frames, outermost call first) and cycles. */
  *samples(core: number): Generator<{ stack: readonly number[]; cycles: number }> {
    const state = this.#cores[core];
    if (state.pending > 0) this.#sample(core, state);
    for (const sample of this.#samples) {
      if (sample.core === core) yield { stack: this.#tree.stack(sample.node), cycles: sample.ticks / TICKS_PER_CYCLE };
    }
    const rest = [...this.#rest[core]].sort(([a], [b]) => a - b);
    for (const [node, ticks] of rest) yield { stack: this.#tree.stack(node), cycles: ticks / TICKS_PER_CYCLE };
  }
}
