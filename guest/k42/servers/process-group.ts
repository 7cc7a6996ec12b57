// Groups of processes: members, and signals for all of them. A group is where it was founded, in the place of the process that has its number, or had it.
import { EPERM, ESRCH } from '../../posix/index';
import { SYS_PROCESS_RAISE } from '../process-service';
import { Place, placeOf } from './process-place';
import { kernel } from './service';

/** A process of a group's own number founds it; another needs somebody who is in it and runs. With the group's lock. */
@inline
function mayJoin(group: Place, number: i32): bool {
  return group.groupId == number && group.runningMembers > 0;
}

/** With the group's lock. */
function add(group: Place, number: i32, member: Place): void {
  const first = group.firstMember;
  member.group = group;
  member.previousMember = null;
  member.nextMember = first;
  if (first) first.previousMember = member;
  group.firstMember = member;
  group.groupId = number;
  if (!member.hasEnded) group.runningMembers++;
}

/** With the group's lock. */
function take(group: Place, member: Place): void {
  const previous = member.previousMember;
  const next = member.nextMember;
  if (previous) previous.nextMember = next;
  else group.firstMember = next;
  if (next) next.previousMember = previous;
  member.group = null;
  if (!member.hasEnded) group.runningMembers--;
  if (group.firstMember === null) group.groupId = 0;
}

/** Puts a new process that nobody knows yet into a group, or founds one of the number `id`, its own: 0 or -ESRCH. */
export function join(member: Place, id: i32, number: i32): i32 {
  const group = placeOf(number);
  group.lockGroup();
  const possible = number == id || mayJoin(group, number);
  if (possible) add(group, number, member);
  group.unlockGroup();
  return possible ? 0 : -ESRCH;
}

/** Puts a process into another group: 0 or -EPERM. With its lock. */
export function move(member: Place, number: i32): i32 {
  const from = member.group!;
  const to = placeOf(number);
  const first = changetype<usize>(from) < changetype<usize>(to) ? from : to;
  const second = first === from ? to : from;
  first.lockGroup();
  if (second !== first) second.lockGroup();
  const possible = number == member.id || mayJoin(to, number);
  if (possible) {
    take(from, member);
    add(to, number, member);
  }
  if (second !== first) second.unlockGroup();
  first.unlockGroup();
  return possible ? 0 : -EPERM;
}

/** The process has ended; it is in its group until somebody has waited for it. With its lock. */
export function stopRunning(member: Place): void {
  const group = member.group!;
  group.lockGroup();
  member.hasEnded = true;
  group.runningMembers--;
  group.unlockGroup();
}

/** With its lock. */
export function leave(member: Place): void {
  const group = member.group!;
  group.lockGroup();
  take(group, member);
  group.unlockGroup();
}

/** Sends a signal, or with 0 none, to all in a group: whether there is anybody. */
export function signalGroup(number: i32, signal: i32): bool {
  const group = placeOf(number);
  group.lockGroup();
  let member: Place | null = group.groupId == number ? group.firstMember : null;
  const found = member !== null;
  while (member) {
    if (signal != 0 && !member.hasEnded) kernel(SYS_PROCESS_RAISE, member.handle, signal);
    member = member.nextMember;
  }
  group.unlockGroup();
  return found;
}

/** Whether anybody in a group runs. */
export function isRunning(number: i32): bool {
  const group = placeOf(number);
  group.lockGroup();
  const answer = mayJoin(group, number);
  group.unlockGroup();
  return answer;
}
