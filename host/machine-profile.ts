// A machine profile as a command line gives it: the name of a shipped one, or a JSON file, with single fields set.
import { type MachineProfile, ProfileError, parseProfile, profileNamed, withOverrides } from '../machine/index.ts';
import { EXIT } from './cli/exit-codes.ts';
import { CommandFailure } from './cli/failure.ts';
import { readHostFile } from './module-file.ts';

/**
 * `nameOrFile` is a file if it ends in .json or has a slash in it. `settings` are written `core.atomicCycles=30`.
 * Throws a CommandFailure with a line for each field that is wrong.
 */
export function loadMachineProfile(nameOrFile: string, settings: readonly string[] = []): MachineProfile {
  try {
    return withOverrides(namedOrRead(nameOrFile), settings);
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    throw new CommandFailure(EXIT.usage, error.message.split('\n')[0] ?? '', {
      where: error.problems.map(({ path, message }) => `${path}: ${message}`),
    });
  }
}

function namedOrRead(nameOrFile: string): MachineProfile {
  if (!/\.json$|[/\\]/.test(nameOrFile)) return profileNamed(nameOrFile);
  return parseProfile(new TextDecoder().decode(readHostFile(nameOrFile)), nameOrFile);
}
