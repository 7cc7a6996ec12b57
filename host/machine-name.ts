// What a machine is called in tables and titles: by its profile's name, and, where a shipped profile of that name says something else, by what is different,
// so that results of a changed machine are not taken for those of the one that it was made from.
import { type MachineProfile, ProfileError, profileNamed } from '../machine/index.ts';

/** So many changes are told one by one. */
const MOST_TOLD = 3;

/** What does not make another machine. */
const WORDS: ReadonlySet<string> = new Set(['$schema', 'description', 'sources']);

/** `amd-4x4`, `amd-4x4 with core.atomicCycles=30`, or `amd-4x4 with 7 other values`. */
export function machineName(profile: MachineProfile): string {
  const changes = changesOf(profile);
  if (changes.length === 0) return profile.name;
  const told = changes.length > MOST_TOLD ? `${changes.length} other values` : changes.join(', ');
  return `${profile.name} with ${told}`;
}

function changesOf(profile: MachineProfile): string[] {
  const shipped = shippedAs(profile.name);
  if (shipped === undefined) return [];
  const before = valuesOf(shipped);
  const after = valuesOf(profile);
  const changed = [...after].filter(([path, value]) => before.get(path) !== value);
  const gone = [...before.keys()].filter((path) => !after.has(path));
  return [...changed.map(([path, value]) => `${path}=${value}`), ...gone.map((path) => `no ${path}`)];
}

function shippedAs(name: string): MachineProfile | undefined {
  try {
    return profileNamed(name);
  } catch (error) {
    if (error instanceof ProfileError) return undefined;
    throw error;
  }
}

/** The values of a document that are no objects, by their paths. */
function valuesOf(document: object, before = '', found = new Map<string, string>()): Map<string, string> {
  for (const [key, value] of Object.entries(document)) {
    if (before === '' && WORDS.has(key)) continue;
    const path = Array.isArray(document) ? `${before}[${key}]` : before === '' ? key : `${before}.${key}`;
    if (typeof value === 'object' && value !== null) valuesOf(value, path, found);
    else found.set(path, String(value));
  }
  return found;
}
