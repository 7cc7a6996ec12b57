// From a JSON value to a profile that a machine can be built from, or a ProfileError that names every field that is wrong.
import { EVERY_OTHER_NUMBER, inconsistencies } from './consistency.ts';
import { expectation, type JsonSchema, schemaAt } from './expectation.ts';
import { formatPath, type Path, parsePath, valueAt } from './paths.ts';
import { nearest, ProfileError, type ProfileProblem, show } from './problem.ts';
import { type MachineProfile, machineProfileSchema } from './schema.ts';

/** What a source says of a number that an override has set. */
export const SET_BY_USER = 'set for this run';

/**
 * Checks a JSON value. `what` names the document in the error (a file, a profile).
 * Throws ProfileError with all problems of single fields, or, when there are none, all of fields that do not fit together.
 */
export function readProfile(value: unknown, what = nameOf(value)): MachineProfile {
  const parsed = machineProfileSchema.safeParse(value);
  if (!parsed.success) throw new ProfileError(what, schemaProblems(parsed.error.issues, value));
  const problems = inconsistencies(parsed.data);
  if (problems.length > 0) throw new ProfileError(what, problems);
  return parsed.data;
}

/** The same for the text of a JSON document. */
export function parseProfile(text: string, what: string): MachineProfile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProfileError(what, [{ path: '(the document)', message: `expected JSON; ${(error as Error).message}` }]);
  }
  return readProfile(value, what);
}

function nameOf(value: unknown): string {
  const name = valueAt(value, ['name']);
  return typeof name === 'string' && name !== '' ? show(name) : 'this';
}

interface SchemaIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

function schemaProblems(issues: readonly SchemaIssue[], document: unknown): ProfileProblem[] {
  const problems = new Map<string, ProfileProblem>();
  const add = (path: Path, message: string) => {
    const text = formatPath(path);
    if (!problems.has(text)) problems.set(text, { path: text, message });
  };
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys ?? []) add([...path, key], unknownField(key, path, document));
    } else {
      add(path, wrongValue(path, document));
    }
  }
  return [...problems.values()];
}

function unknownField(key: string, path: Path, document: unknown): string {
  const known = Object.keys(schemaAt(path, document)?.properties ?? {});
  const meant = nearest(key, known);
  const unknown = `unknown field${inVariant(path, document)}`;
  return meant === undefined
    ? `${unknown}; expected ${known.join(', ')}`
    : `${unknown}; did you mean ${JSON.stringify(meant)}?`;
}

/** Which variant the object at a path is of, since that may be what is wrong. */
function inVariant(path: Path, document: unknown): string {
  const kind = schemaAt(path, document)?.properties?.kind?.const;
  return kind === undefined ? '' : ` with ${formatPath([...path, 'kind'])} ${JSON.stringify(kind)}`;
}

function wrongValue(path: Path, document: unknown): string {
  const node: JsonSchema = schemaAt(path, document) ?? {};
  const found = valueAt(document, path);
  const expected = expectation(node);
  const meaning = node.description === undefined ? '' : ` (${node.description})`;
  if (found === undefined) return `missing${inVariant(path.slice(0, -1), document)}: expected ${expected}${meaning}`;
  return `expected ${expected}, found ${show(found)}${advice(node, found)}${meaning}`;
}

function advice(node: JsonSchema, found: unknown): string {
  const wanted = node.type === 'integer' ? 'number' : node.type;
  if (
    typeof found === 'string' &&
    (wanted === 'number' || wanted === 'boolean') &&
    /^(-?[\d.]+|true|false)$/.test(found)
  )
    return ': write it without quotes';
  if (typeof found !== 'string' || !node.enum) return '';
  const meant = nearest(found, node.enum.map(String));
  return meant === undefined ? '' : `: did you mean ${JSON.stringify(meant)}?`;
}

/**
 * A profile with some fields set, each as `core.storeBufferEntries=0`. The value is JSON, or else a text; `null` takes an optional
 * part out (`prefetcher=null`). A part that is not there is made (`prefetcher.streams=8`), and must then be complete.
 * Throws ProfileError as readProfile does.
 */
export function withOverrides(profile: MachineProfile, settings: readonly string[]): MachineProfile {
  if (settings.length === 0) return profile;
  const document = JSON.parse(JSON.stringify(profile)) as Record<string, unknown> & Pick<MachineProfile, 'sources'>;
  for (const setting of settings) {
    const problem = apply(setting, document);
    if (problem) throw new ProfileError(`${JSON.stringify(profile.name)} with ${setting}`, [problem]);
  }
  const all = settings.length > 4 ? `${settings.length} settings` : settings.join(', ');
  return readProfile(document, `${JSON.stringify(profile.name)} with ${all}`);
}

function apply(
  setting: string,
  document: Record<string, unknown> & Pick<MachineProfile, 'sources'>,
): ProfileProblem | undefined {
  const equals = setting.indexOf('=');
  const path = parsePath(setting.slice(0, Math.max(0, equals)).trim());
  if (!path) return { path: setting, message: 'expected a path and a value, as in core.storeBufferEntries=0' };
  if (path[0] === 'sources') return { path: 'sources', message: 'cannot be set; set the number itself' };
  let holder: unknown = document;
  for (let depth = 0; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    const problem = noSuchPlace(path[depth], above, holder, document);
    if (problem) return problem;
    const place = holder as Record<string | number, unknown>;
    if (depth === path.length - 1) set(place, path, readValue(setting.slice(equals + 1).trim()), document.sources);
    else holder = place[path[depth]] ??= {};
  }
  return undefined;
}

/** What is wrong with a step of an override's path. */
function noSuchPlace(
  step: string | number,
  above: Path,
  holder: unknown,
  document: unknown,
): ProfileProblem | undefined {
  const path = formatPath([...above, step]);
  const where = formatPath(above);
  if (Array.isArray(holder)) {
    if (typeof step === 'number' && step < holder.length) return undefined;
    const has = holder.length === 0 ? 'is empty' : `has the indices 0 to ${holder.length - 1}`;
    return {
      path,
      message: `there is no such element: the list ${where} ${has}; to change it as a whole, set ${where} to a list`,
    };
  }
  if (typeof holder !== 'object' || holder === null)
    return { path, message: `there is nothing below ${where}, which is ${show(holder)}: set ${where} itself` };
  if (typeof step === 'string' && Object.hasOwn(schemaAt(above, document)?.properties ?? {}, step)) return undefined;
  return { path, message: unknownField(String(step), above, document) };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sets one field. What the sources say of it and of what is in it goes; what is new is said to be set for this run. */
function set(
  holder: Record<string | number, unknown>,
  path: Path,
  value: unknown,
  sources: Record<string, string>,
): void {
  const step = path[path.length - 1];
  if (value === null) delete holder[step];
  else holder[step] = value;
  const text = formatPath(path);
  const below = (key: string) => key === text || (key.startsWith(text) && /^[.[]/.test(key.slice(text.length)));
  for (const key of Object.keys(sources)) if (below(key)) delete sources[key];
  if (typeof value === 'number' && text !== 'format') sources[text] = SET_BY_USER;
  else if (typeof value === 'object' && value !== null) sources[EVERY_OTHER_NUMBER] ??= SET_BY_USER;
}
