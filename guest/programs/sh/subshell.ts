// Subshells: another shell that gets this one's state as a script, since a process is started here, never copied.

import { Bytes, spawnAt } from '../../posix/index';
import { descriptors, exportedEnvironment, lastStatus, numberBytes, shellName, shellPid, stateScript } from './state';

const SHELL = '/bin/sh';

/** First argument of a shell that is a subshell; behind it are $$, $?, $0, the script that makes the state, and the commands. */
export const SUBSHELL_ARGUMENT = '--subshell';

/** Starts commands in a shell of their own; returns its process number, or the status negated where it cannot be started. */
export function spawnSubshell(text: Bytes, group: i32): i32 {
  const state = stateScript();
  const argv = [
    Bytes.of('sh'),
    Bytes.of(SUBSHELL_ARGUMENT),
    numberBytes(shellPid),
    numberBytes(lastStatus),
    shellName,
    state.view(),
    text,
  ];
  const environment = exportedEnvironment();
  const pid = spawnAt(Bytes.of(SHELL), argv, environment, descriptors, group);
  environment.free();
  state.free();
  return pid < 0 ? -126 : pid;
}
