// Places in a JSON document: `core.speeds[0].ratio`. A source may stand for all elements of a list: `topology.links[].latencyCycles`.

/** Keys and indices from the document down to a value. */
export type Path = readonly (string | number)[];

export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text === '' ? '(the document)' : text;
}

/** The steps of a path as formatPath writes it, or undefined for what is none. */
export function parsePath(text: string): Path | undefined {
  if (!/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*|\[\d{1,6}\])*$/.test(text)) return undefined;
  return [...text.matchAll(/[A-Za-z][A-Za-z0-9]*|\d+/g)].map(([step]) => (/^\d/.test(step) ? Number(step) : step));
}

/** The path with `[]` for each index. */
export function withoutIndices(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

/** The value at a path, or undefined where there is none. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Every number in a JSON value with its path, in the document's order. */
export function* numbersIn(value: unknown, path: Path = []): Generator<{ path: Path; value: number }> {
  if (typeof value === 'number') yield { path, value };
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) yield* numbersIn(value[i], [...path, i]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* numbersIn(inner, [...path, key]);
  }
}
