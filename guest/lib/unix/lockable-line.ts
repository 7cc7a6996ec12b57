// An object with a lock that shares its line with nothing else, whatever the machine: for what one core changes often.
import { Lockable } from 'kernel/lock';

export abstract class LockableLine extends Lockable {
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
  private padding11: u64 = 0;
  private padding12: u64 = 0;
  private padding13: u64 = 0;
  private padding14: u64 = 0;
}
