// The project's one table shape: what every command that measures prints for people and writes as JSON. Numbers stay
// numbers in it, so that scripts need not parse; a unit of '' means a count or a name.

export interface Column {
  name: string;
  unit: string;
}

export type Cell = string | number | boolean | null;

export interface Table {
  title: string;
  /** The machine it was measured on, in words: cores, window, mode. */
  machine: string;
  /** Digest of the run, 16 hexadecimal digits; '' where several runs stand behind a table. */
  digest: string;
  columns: Column[];
  rows: Cell[][];
}

/** The table as one line of JSON per row, which reads well in a diff. */
export function tableToJson(table: Table): string {
  const { title, machine, digest, columns, rows } = table;
  const list = (items: unknown[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n');
  return [
    '{',
    `  "title": ${JSON.stringify(title)},`,
    `  "machine": ${JSON.stringify(machine)},`,
    `  "digest": ${JSON.stringify(digest)},`,
    `  "columns": [\n${list(columns)}\n  ],`,
    `  "rows": [\n${list(rows)}\n  ]`,
    '}\n',
  ].join('\n');
}

/** The table as CSV, a unit behind its column's name: `time (cycles)`. */
export function tableToCsv({ columns, rows }: Table): string {
  const names = columns.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`));
  return [names, ...rows].map((row) => `${row.map((cell) => csvField(cell ?? '')).join(',')}\n`).join('');
}

/** RFC 4180. */
export function csvField(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export interface TableStyle {
  heading: (text: string) => string;
  faint: (text: string) => string;
}

const PLAIN: TableStyle = { heading: (text) => text, faint: (text) => text };

/**
 * The table as aligned text: numbers to the right, names to the left, the unit under its column's name. `style` may add
 * colours; it never changes widths.
 */
export function tableToText(table: Table, style: TableStyle = PLAIN): string {
  const cells = table.rows.map((row) => row.map(formatCell));
  const right = table.columns.map((_, i) => table.rows.every((row) => typeof row[i] === 'number' || row[i] === null));
  const widths = table.columns.map((column, i) =>
    Math.max(column.name.length, column.unit.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const line = (texts: string[]) =>
    texts
      .map((text, i) => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const units = table.columns.map((column) => column.unit);
  const lines = [style.heading(table.title), style.faint(table.machine), ''];
  lines.push(style.heading(line(table.columns.map((column) => column.name))));
  if (units.some((unit) => unit !== '')) lines.push(style.faint(line(units)));
  lines.push(...cells.map(line));
  if (table.digest !== '') lines.push('', style.faint(`digest ${table.digest}`));
  return `${lines.join('\n')}\n`;
}

function formatCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'number' ? formatNumber(cell) : cell;
}

/** Thousands separated; fractions with three significant digits or two places, whichever shows more. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  const places = Math.abs(value) >= 1 ? 2 : 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: Math.min(places, 9) });
}
