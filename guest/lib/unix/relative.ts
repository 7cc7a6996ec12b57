// What a process table in the kernel keeps in each process: its place in the tree of parents and children, and its group.
import { release } from '../objects';
import { Lockable } from 'kernel/lock';
import { Process } from './process';
import { WaitQueue } from './wait-queue';

export abstract class Relative extends Lockable {
  parent: Process | null = null;
  firstChild: Process | null = null;
  nextSibling: Process | null = null;
  group: i32 = 0;
  isZombie: bool = false;
  /** Woken when a child ends. */
  readonly childEnded: WaitQueue = new WaitQueue();

  protected releaseRelative(): void {
    release(this.childEnded);
  }
}
