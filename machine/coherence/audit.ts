// Checks the invariants of coherence for a line before and after each transaction on it, and after evictions:
//   - the presence map says of every cache what the cache says itself, and names the owner
//   - single writer or many readers: a copy in E or M is the only one in any private cache; at most one copy is in E, O or M
//   - a unit with the exclusive right is the only one with copies; a copy in E or M is in it; nobody but the owner unit has modified data
//   - inclusion: an inclusive shared cache has what its cores have; a victim cache has nothing that one of its cores may write
//   - no state that the protocol does not have
// A violation is an error that names the line, its copies, the transaction and the cycle. (That data is the newest is for a model that
// carries data, see CoherenceListener.moved.)
import { ENTRY_DIRTY, ENTRY_NOT_PRESENT, NO_ROW } from '../state/coherence-layout.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { CoherenceController } from './controller.ts';
import { ENTRY_NAMES } from './shared-tables.ts';
import * as states from './states.ts';

/** Coherence is broken: the machine, or what it is connected with, has an error. */
export class CoherenceViolation extends Error {
  override readonly name = 'CoherenceViolation';
}

/** What the controller calls around its transactions. Times in ticks; `request` is REQUEST_*, `granted` and `state` STATE_*. */
export interface TransactionAudit {
  /** Lines checked. */
  readonly checks: number;
  before(core: number, line: number, request: number, now: number): void;
  after(core: number, line: number, request: number, granted: number, now: number, end: number): void;
  evicted(core: number, line: number, state: number, now: number): void;
}

export class CoherenceAudit implements TransactionAudit {
  readonly #cores: number;
  readonly #controller: CoherenceController;
  /** Lines checked. */
  checks = 0;
  /** What was granted last, and may not yet be in the core's caches. */
  #core = -1;
  #line = -1;
  #granted: number = states.STATE_I;
  #what = '';
  #time = 0;
  #request = 0;
  #actor = -1;

  /** `cores` is how many there are, where that is less than the profile has. */
  constructor(controller: CoherenceController, cores = controller.topology.cores) {
    this.#controller = controller;
    this.#cores = cores;
  }

  before(core: number, line: number, request: number, now: number): void {
    this.#core = -1;
    this.#note('before', core, request, now);
    this.check(line);
  }

  after(core: number, line: number, request: number, granted: number, now: number, end: number): void {
    this.#core = core;
    this.#line = line;
    this.#granted = granted;
    this.#note('after', core, request, now);
    if (!Number.isSafeInteger(end) || end < now) this.#fail(line, `it is done at tick ${end}, before it began`);
    if (granted === states.STATE_E && this.#controller.monitors.has(line))
      this.#fail(line, 'E is granted while it is monitored');
    this.check(line);
    this.#checkVictim(core);
  }

  evicted(core: number, line: number, state: number, now: number): void {
    if (core === this.#core && line === this.#line) this.#core = -1;
    this.#note(`after the eviction from ${states.STATE_NAMES[state]} by`, core, -1, now);
    this.check(line);
    this.#checkVictim(core);
  }

  /** Checks one line; throws a CoherenceViolation. */
  check(line: number): void {
    this.checks++;
    const { presence, topology, protocol, groups } = this.#controller;
    const owner = presence.ownerCore(line);
    const unit = presence.ownerUnit(line);
    const exclusive = presence.exclusive(line);
    let holders = 0;
    let strong = -1;
    for (let core = 0; core < this.#cores; core++) {
      const state = this.#state(core, line);
      if ((state !== states.STATE_I) !== presence.hasCore(line, core))
        this.#fail(line, `the presence map and the caches of core ${core} differ`);
      if (state === states.STATE_I) continue;
      holders++;
      if (protocol.next[state * states.EVENTS + states.EVENT_REPLACE] === NO_ROW)
        this.#fail(line, `core ${core} is in a state that ${protocol.name} does not have`);
      const home = groups ? topology.groupOf(core) : core;
      if (exclusive && home !== unit)
        this.#fail(line, `core ${core} has a copy although another unit has the exclusive right`);
      if (groups?.table.name === 'inclusive' && !presence.hasShared(line, home))
        this.#fail(line, `core ${core} has a copy that its shared cache has not`);
      if (state === states.STATE_S) continue;
      if (strong >= 0) this.#fail(line, `cores ${strong} and ${core} both own it`);
      strong = core;
      if (home !== unit) this.#fail(line, `core ${core} owns it, but not the owner unit`);
      if (state !== states.STATE_O && !exclusive)
        this.#fail(line, `core ${core} may write without the exclusive right`);
      if (state !== states.STATE_O && groups?.table.name === 'victim' && presence.hasShared(line, home))
        this.#fail(line, `core ${core} may write what its victim cache has too`);
    }
    if (strong !== owner)
      this.#fail(line, `the presence map says that core ${owner} owns it, the caches say core ${strong}`);
    if (strong >= 0 && holders > 1 && this.#state(strong, line) !== states.STATE_O)
      this.#fail(line, `core ${strong} may write although others have copies`);
    if (groups) holders += this.#checkShared(line, unit, exclusive);
    if (unit >= 0 && holders === 0) this.#fail(line, 'it has an owner unit, but no cache has it');
    if (unit >= 0 && !groups && unit !== strong) this.#fail(line, 'its owner unit is a core that does not own it');
  }

  /** Number of shared caches that have the line. */
  #checkShared(line: number, unit: number, exclusive: boolean): number {
    const { presence, groups } = this.#controller;
    let holders = 0;
    groups!.caches.forEach((cache, group) => {
      const entry = cache.state(line);
      if ((entry !== ENTRY_NOT_PRESENT) !== presence.hasShared(line, group))
        this.#fail(line, `the presence map and the shared cache of group ${group} differ`);
      if (entry === ENTRY_NOT_PRESENT) return;
      holders++;
      if (exclusive && group !== unit)
        this.#fail(line, `the shared cache of group ${group} has it although another group has the exclusive right`);
      if (entry === ENTRY_DIRTY && group !== unit)
        this.#fail(line, `the shared cache of group ${group} has it modified, but is not in the owner unit`);
    });
    return holders;
  }

  /** Nothing is under way: every cache has what it was granted. */
  settled(what: string, now: number): void {
    this.#core = -1;
    this.#note(what, -1, -1, now);
  }

  /** The line that the group's shared cache has put out in this transaction. */
  #checkVictim(core: number): void {
    const { groups, topology } = this.#controller;
    if (groups === undefined) return;
    const cache = groups.caches[topology.groupOf(core)]!;
    const { victim } = cache;
    if (victim >= 0) this.check(victim);
    cache.forgetVictim();
  }

  #state(core: number, line: number): number {
    const state = this.#controller.stateOf(core, line);
    return core === this.#core && line === this.#line ? Math.max(state, this.#granted) : state;
  }

  #note(when: string, core: number, request: number, now: number): void {
    this.#what = when;
    this.#request = request;
    this.#actor = core;
    this.#time = now;
  }

  #fail(line: number, what: string): never {
    const { presence, groups } = this.#controller;
    const found: string[] = [];
    for (let core = 0; core < this.#cores; core++) {
      const state = this.#state(core, line);
      if (state !== states.STATE_I || presence.hasCore(line, core))
        found.push(
          `core ${core} ${states.STATE_NAMES[state]}${presence.hasCore(line, core) ? '' : ' (not in the map)'}`,
        );
    }
    groups?.caches.forEach((cache, group) => {
      const entry = cache.state(line);
      if (entry !== ENTRY_NOT_PRESENT) found.push(`shared cache ${group} ${ENTRY_NAMES[entry]}`);
    });
    const request = this.#request >= 0 ? ` ${states.REQUEST_NAMES[this.#request]} by` : '';
    const actor = this.#actor >= 0 ? ` core ${this.#actor}` : '';
    throw new CoherenceViolation(
      `coherence is violated on line ${line} ${this.#what}${request}${actor} at cycle ${this.#time / TICKS_PER_CYCLE}: ` +
        `${what}. Copies: ${found.join(', ') || 'none'}; owner core ${presence.ownerCore(line)}, owner unit ${presence.ownerUnit(line)}` +
        `${presence.exclusive(line) ? ', exclusive' : ''}`,
    );
  }
}
