// The parameters of a guest, as a user writes them: `operations=500`, `counts=1,2,4`, `sizes=16K,1M`.
import { nearest } from '../../machine/index.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import type { BareGuest, Parameter, Parameters, Setting } from './guest.ts';

const UNITS: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Values by name: those given, and for the others the guest's. Throws a CommandFailure (usage) that says what would be accepted. */
export function readParameters(guest: BareGuest, setting: Setting, texts: readonly string[]): Parameters {
  const values = new Map<string, readonly number[]>();
  for (const { name, value } of guest.parameters) if (value !== undefined) values.set(name, value(setting));
  for (const text of texts) {
    const [name = '', list = ''] = text.split(/=(.*)/s);
    const parameter = guest.parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw unknownParameter(guest, text, name);
    values.set(name, readValues(guest, setting, parameter, list));
  }
  expectPairs(guest, values);
  return values;
}

/** A core that waits for a message of its own, or of nobody, waits for ever. */
function expectPairs(guest: BareGuest, values: Parameters): void {
  const [senders = [], receivers = []] = [values.get('senders'), values.get('receivers')];
  if (senders.length === receivers.length && senders.every((core, i) => core !== receivers[i])) return;
  throw new CommandFailure(EXIT.usage, `${guest.name}: senders and receivers are no pairs of two cores each`, {
    hint: 'both lists are of the same length, as in senders=0,0 receivers=1,2',
  });
}

function unknownParameter(guest: BareGuest, text: string, name: string): CommandFailure {
  const known = guest.parameters.map((parameter) => parameter.name);
  const meant = nearest(name, known);
  return new CommandFailure(EXIT.usage, `${guest.name} has no parameter "${text}"`, {
    where: guest.parameters.map(
      (parameter) => `${parameter.name}=${parameter.list ? 'N,N...' : 'N'}  ${parameter.meaning}`,
    ),
    hint: meant === undefined ? 'write parameters as NAME=NUMBER' : `did you mean ${meant}=...?`,
  });
}

function readValues(guest: BareGuest, setting: Setting, parameter: Parameter, text: string): number[] {
  const { name, least, list } = parameter;
  const most = typeof parameter.most === 'number' ? parameter.most : parameter.most(setting);
  const numbers = text.split(',').map(readNumber);
  const good = numbers.every((number) => number >= least && number <= most);
  if (good && (list || numbers.length === 1)) return numbers;
  const wanted = `${list ? 'whole numbers separated by commas' : 'a whole number'}, ${least} to ${most}`;
  throw new CommandFailure(EXIT.usage, `${guest.name}: ${name}=${text} is not ${wanted}`, { hint: parameter.meaning });
}

/** NaN for what is no number. */
function readNumber(text: string): number {
  const match = /^(\d[\d_]*)([kmg]?)$/i.exec(text);
  if (match === null) return Number.NaN;
  return Number(match[1]?.replaceAll('_', '')) * (UNITS[match[2]?.toLowerCase() ?? ''] as number);
}

/** The command line that the guest finds in its boot information. */
export function commandLine(cores: number, parameters: Parameters): string {
  return [`cores=${cores}`, ...[...parameters].map(([name, values]) => `${name}=${values.join(',')}`)].join(' ');
}
