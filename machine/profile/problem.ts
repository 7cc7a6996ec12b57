// What is wrong with a profile, told to whoever wrote it: one line for each problem, which begins with the path of the field.

export interface ProfileProblem {
  /** The field, as formatPath writes it. */
  readonly path: string;
  /** What was expected, what was found, and what to do. */
  readonly message: string;
}

/** A profile that the machine cannot be built from. Its message has a line for each problem. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly problems: readonly ProfileProblem[];

  /** `what` says which document it is: a name or a file. */
  constructor(what: string, problems: readonly ProfileProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    super(`${what} is no valid machine profile:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** A value as it stands in JSON, shortened. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 36)}..."` : text;
}

/** The known word that was probably meant: it differs in at most a third of its letters, or in case. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least && distance <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Letters to insert, remove or replace to make `a` from `b` (Levenshtein). Words longer than 64 are cut. */
function editDistance(a: string, b: string): number {
  const from = a.slice(0, 64);
  const to = b.slice(0, 64);
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
