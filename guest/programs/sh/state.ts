// The state of the shell: variables, functions, positional parameters, options. One shell to a process, so these are globals.

import { ByteBuffer, Bytes, environment, getpid, release } from '../../posix/index';
import { Command } from './syntax';

class Variable {
  exported: bool = false;
  isSet: bool = false;
  value: Bytes = new Bytes(0, 0);
}

export const NOTHING = new Bytes(0, 0);

const variables = new Map<string, Variable>();
export const functions = new Map<string, Command>();

/** $1, $2 ...; $0 is `shellName`. */
export let positional: Bytes[] = [];
export let shellName: Bytes = Bytes.of('sh');
/** $?, $$ and $!. */
export let lastStatus: i32 = 0;
export let shellPid: i32 = 0;
export let backgroundPid: i32 = 0;
/** What descriptors 0, 1, ... of commands stand for here; -1: closed. */
export let descriptors: i32[] = [0, 1, 2];
/** The line of the command that runs, for messages. */
export let currentLine: i32 = 1;
/** Commands are typed by a person: jobs have groups of their own. */
export let interactive: bool = false;
/** Letters of the options that `set` has switched on. */
export let errorExit: bool = false;
export let unsetIsError: bool = false;
export let traceCommands: bool = false;
export let noGlob: bool = false;

/** Whether a command of that name is a function. */
export function isFunction(name: Bytes): bool {
  if (functions.size == 0 || name.length == 0) return false;
  const key = name.toString();
  const found = functions.has(key);
  release(key);
  return found;
}

export function setPositional(list: Bytes[]): void {
  positional = list;
}
export function setShellName(name: Bytes): void {
  shellName = name;
}
export function setStatus(status: i32): void {
  lastStatus = status;
}
export function setShellPid(pid: i32): void {
  shellPid = pid;
}
export function setBackgroundPid(pid: i32): void {
  backgroundPid = pid;
}
export function setDescriptors(table: i32[]): void {
  descriptors = table;
}
export function setLine(line: i32): void {
  currentLine = line;
}
export function setInteractive(on: bool): void {
  interactive = on;
}

/** Switches an option of `set`; false where there is none of that letter. */
export function setOption(letter: i32, on: bool): bool {
  if (letter == 0x65) errorExit = on;
  else if (letter == 0x75) unsetIsError = on;
  else if (letter == 0x78) traceCommands = on;
  else if (letter == 0x66) noGlob = on;
  else return false;
  return true;
}

/** The letters of the options that are on. */
export function optionLetters(): Bytes {
  const letters = new ByteBuffer();
  if (errorExit) letters.byte(0x65);
  if (noGlob) letters.byte(0x66);
  if (interactive) letters.byte(0x69);
  if (unsetIsError) letters.byte(0x75);
  if (traceCommands) letters.byte(0x78);
  return letters.view();
}

function variable(name: Bytes): Variable {
  const key = name.toString();
  if (variables.has(key)) {
    const found = variables.get(key);
    release(key);
    return found;
  }
  const made = new Variable();
  variables.set(key, made);
  return made;
}

/** Takes the variables of the environment over. */
export function importEnvironment(): void {
  const entries = environment();
  for (let i = 0; i < entries.length; i++) {
    const cut = entries[i].indexOf(0x3d);
    if (cut <= 0) continue;
    setVariable(entries[i].slice(0, cut), entries[i].slice(cut + 1));
    variable(entries[i].slice(0, cut)).exported = true;
  }
  setShellPid(getpid());
}

/** Value of a variable; null where it is not set. */
export function getVariable(name: Bytes): Bytes | null {
  const key = name.toString();
  const found: Variable | null = variables.has(key) ? variables.get(key) : null;
  release(key);
  return found !== null && found.isSet ? found.value : null;
}

export function setVariable(name: Bytes, value: Bytes): void {
  const own = variable(name);
  own.value = Bytes.copy(value.start, value.length);
  own.isSet = true;
}

export function unsetVariable(name: Bytes): void {
  variables.delete(name.toString());
}

export function isExported(name: Bytes): bool {
  const key = name.toString();
  return variables.has(key) && variables.get(key).exported;
}

export function setExported(name: Bytes, exported: bool): void {
  variable(name).exported = exported;
}

/** The environment of a command: NAME=VALUE each with its zero byte. */
export function exportedEnvironment(): ByteBuffer {
  const all = new ByteBuffer();
  const names = variables.keys();
  for (let i = 0; i < names.length; i++) {
    const own = variables.get(names[i]);
    if (own.exported && own.isSet) all.text(names[i]).byte(0x3d).bytes(own.value).byte(0);
  }
  return all;
}

/** Appends a word in single quotes. */
export function quote(into: ByteBuffer, word: Bytes): void {
  into.byte(0x27);
  for (let i = 0; i < word.length; i++) {
    if (word[i] == 0x27) into.text("'\\''");
    else into.byte(word[i]);
  }
  into.byte(0x27);
}

/** Appends "NAME='VALUE'" lines of variables: all, or the exported ones with "export " in front. */
export function describeVariables(into: ByteBuffer, exportedOnly: bool): void {
  const names = variables.keys();
  names.sort();
  for (let i = 0; i < names.length; i++) {
    const own = variables.get(names[i]);
    if (exportedOnly ? !own.exported : !own.isSet) continue;
    if (exportedOnly) into.text('export ');
    into.text(names[i]);
    if (own.isSet) {
      into.byte(0x3d);
      quote(into, own.value);
    }
    into.byte(0x0a);
  }
}

/** A script that gives another shell this one's variables that are not exported, functions, positional parameters and options. */
export function stateScript(): ByteBuffer {
  const script = new ByteBuffer();
  const names = variables.keys();
  for (let i = 0; i < names.length; i++) {
    const own = variables.get(names[i]);
    if (own.exported || !own.isSet) continue;
    script.text(names[i]).byte(0x3d);
    quote(script, own.value);
    script.byte(0x0a);
  }
  const defined = functions.values();
  for (let i = 0; i < defined.length; i++) script.bytes(defined[i].source).byte(0x0a);
  script.text('set --');
  for (let i = 0; i < positional.length; i++) {
    script.byte(0x20);
    quote(script, positional[i]);
  }
  script.byte(0x0a);
  if (errorExit) script.text('set -e\n');
  if (unsetIsError) script.text('set -u\n');
  if (noGlob) script.text('set -f\n');
  if (traceCommands) script.text('set -x\n');
  return script;
}

/** Value of a special or positional parameter by its name ("?", "1" ...); null where it is not set. "@" and "*" are not among them. */
export function getParameter(name: Bytes): Bytes | null {
  const first = <i32>name[0];
  if (first >= 0x30 && first <= 0x39) {
    let number = 0;
    for (let i = 0; i < name.length; i++) number = min(number * 10 + name[i] - 0x30, 1000000);
    if (number == 0) return shellName;
    return number <= positional.length ? positional[number - 1] : null;
  }
  if (name.length > 1) return getVariable(name);
  if (first == 0x3f) return numberBytes(lastStatus);
  if (first == 0x24) return numberBytes(shellPid);
  if (first == 0x21) return backgroundPid == 0 ? null : numberBytes(backgroundPid);
  if (first == 0x23) return numberBytes(positional.length);
  if (first == 0x2d) return optionLetters();
  return getVariable(name);
}

export function numberBytes(value: i64): Bytes {
  return new ByteBuffer().number(value).view();
}

const SEPARATORS_NAME = Bytes.of('IFS');
const USUAL_SEPARATORS = Bytes.of(' \t\n');

/** The characters that separate fields, of which the first joins "$*". */
export function fieldSeparators(): Bytes {
  const value = getVariable(SEPARATORS_NAME);
  return value === null ? USUAL_SEPARATORS : value;
}
