// What the process server is to do, as simply as it can be said: all processes in one map, looked through from end to end. Same numbers, same answers.
import { EAGAIN, ECHILD, EINVAL, EPERM, ESRCH, SIGCHLD, SIGNALS, WNOHANG } from '../../../guest/posix/abi.ts';

export const MOST_PROCESSES = 1024;
const LAST_ID = 32767;

export interface Relative {
  readonly id: number;
  readonly handle: number;
  parent: Relative | undefined;
  group: number;
  hasEnded: boolean;
  status: number;
  events: number;
}

/** What the server has told the kernel: 'raise 7 9', 'notify 3 17', 'drop 12'. */
export type Told = string;

export class FamilyModel {
  readonly all = new Map<number, Relative>();
  /** In the order in which they came; the server's order is its own. */
  told: Told[] = [];
  private given = 0;

  create(parent: Relative | undefined, group: number, handle: number): number {
    let id = 0;
    for (let tries = 0; id === 0 || this.isTaken(id % MOST_PROCESSES); tries++) {
      if (tries === MOST_PROCESSES) return -EAGAIN;
      id = 1 + (this.given++ % LAST_ID);
    }
    const wanted = group === -1 && parent ? parent.group : group === 0 ? id : group;
    if (wanted !== id && !this.runs(wanted)) return -ESRCH;
    this.all.set(id, { id, handle, parent, group: wanted, hasEnded: false, status: 0, events: 0 });
    return id;
  }

  private isTaken(place: number): boolean {
    return [...this.all.values()].some(
      (one) => one.id % MOST_PROCESSES === place || one.group % MOST_PROCESSES === place,
    );
  }

  runs(group: number): boolean {
    return this.members(group).some(({ hasEnded }) => !hasEnded);
  }

  members(group: number): Relative[] {
    return [...this.all.values()].filter((one) => one.group === group);
  }

  /** The youngest first. */
  childrenOf(parent: Relative): Relative[] {
    return [...this.all.values()].filter((one) => one.parent === parent).reverse();
  }

  withdraw(child: Relative): void {
    const parent = child.parent as Relative;
    parent.events++;
    this.told.push(`notify ${parent.handle} 0`);
    this.all.delete(child.id);
  }

  end(self: Relative, status: number): void {
    for (const child of this.childrenOf(self)) {
      child.parent = undefined;
      if (child.hasEnded) this.drop(child);
    }
    if (!self.parent) {
      this.drop(self);
      return;
    }
    self.hasEnded = true;
    self.status = status;
    self.parent.events++;
    this.told.push(`notify ${self.parent.handle} ${SIGCHLD}`);
  }

  private drop(one: Relative): void {
    this.told.push(`drop ${one.handle}`);
    this.all.delete(one.id);
  }

  /** The child that was waited for; a number: an error, or 0. */
  wait(self: Relative, id: number, options: number): Relative | number {
    if ((options & ~WNOHANG) !== 0 || id === 0 || id < -1) return -EINVAL;
    const children = this.childrenOf(self).filter((child) => id === -1 || child.id === id);
    if (children.length === 0) return -ECHILD;
    const ended = children.find(({ hasEnded }) => hasEnded);
    if (!ended) return 0;
    this.drop(ended);
    return ended;
  }

  kill(self: Relative, target: number, signal: number): number {
    if (signal < 0 || signal >= SIGNALS) return -EINVAL;
    if (target === -1) return -EPERM;
    const one = this.all.get(target);
    const reached = target > 0 ? (one ? [one] : []) : this.members(target === 0 ? self.group : -target);
    for (const { handle, hasEnded } of reached) {
      if (signal !== 0 && !hasEnded) this.told.push(`raise ${handle} ${signal}`);
    }
    return reached.length > 0 ? 0 : -ESRCH;
  }

  setGroup(self: Relative, id: number, group: number): number {
    if (group < 0) return -EINVAL;
    const one = id === 0 ? self : this.all.get(id);
    if (!one || (one !== self && one.parent !== self)) return -ESRCH;
    const wanted = group === 0 ? one.id : group;
    if (wanted !== one.id && !this.runs(wanted)) return -EPERM;
    one.group = wanted;
    return 0;
  }

  groupOf(self: Relative, id: number): number {
    const one = id === 0 ? self : this.all.get(id);
    return one ? one.group : -ESRCH;
  }
}
