// A plot of a table as SVG text: the same text for the same table, on every host.
//
// The library draws into a document; domino is one that is nothing but a tree.
// @ts-expect-error: its declarations are of a module by another name.
import domino from '@mixmark-io/domino';
import * as Plot from '@observablehq/plot';
import { type Cell, formatNumber, type Table } from '../table.ts';

const { createDocument }: { createDocument(html: string): Document } = domino;

export interface PlotSpec {
  /** `lines`: a line for each column behind the first, over the numbers in the first. `bars`: a bar for each row, named by its first cell, column after column. */
  readonly kind: 'lines' | 'bars';
  /** What the axes are called, with their units. */
  readonly x: string;
  readonly y: string;
  /** Names of the columns that are drawn; all but the first when not given. */
  readonly series?: readonly string[];
  /** Of bars: what is behind a series' name in the name of the column with the texts that stand in its bars. */
  readonly inBars?: string;
  /** Logarithmic values. */
  readonly isLogarithmic?: boolean;
  /** A faint line where the value is the number of CPUs. */
  readonly hasIdeal?: boolean;
}

interface Point {
  readonly x: number | string;
  readonly y: number;
  readonly series: string;
  /** What stands in a bar. */
  readonly text: string;
}

const WIDTH = 640;
const HEIGHT = 440;
/** A line of the legend, and the room above it. */
const LEGEND_LINE = 16;
const LEGEND_TOP = 30;
const COLOURS = ['#4269d0', '#ff725c', '#3ca951', '#efb118', '#a463f2', '#97bbf5', '#9c6b4e', '#6cc5b0'];

export function plotSvg(table: Table, spec: PlotSpec): string {
  const names = spec.series ?? table.columns.slice(1).map(({ name }) => name);
  const points = names.flatMap((series) => pointsOf(table, series, spec));
  const colourOf = (series: string) => COLOURS[names.indexOf(series) % COLOURS.length] as string;
  const marginTop = LEGEND_TOP + 36 + LEGEND_LINE * names.length;
  const svg = Plot.plot({
    document: createDocument('<html><body></body></html>'),
    width: WIDTH,
    height: HEIGHT + LEGEND_LINE * names.length,
    marginTop,
    marginLeft: 64,
    marginBottom: 44,
    x: { label: spec.x, ...(spec.kind === 'lines' ? fromZero(points) : bands(points)) },
    y: { label: null, grid: true, ...(spec.isLogarithmic ? { type: 'log' } : { zero: true, nice: true }) },
    marks: [
      ...(spec.isLogarithmic ? [] : [Plot.ruleY([0])]),
      ...heading(table, names, colourOf, marginTop),
      Plot.text([spec.y], { frameAnchor: 'top-left', textAnchor: 'start', dx: -54, dy: -18 }),
      ...(spec.kind === 'lines' ? lines(points, names, colourOf, spec) : bars(points, colourOf)),
    ],
  });
  return finish(svg.outerHTML, spec);
}

function pointsOf(table: Table, series: string, { inBars }: PlotSpec): Point[] {
  const columnOf = (wanted: string) => table.columns.findIndex(({ name }) => name === wanted);
  const column = columnOf(series);
  return table.rows.flatMap((row) => {
    const y = row[column];
    const text = inBars === undefined ? '' : `${row[columnOf(series + inBars)] ?? ''}`;
    return typeof y === 'number' ? [{ x: row[0] as number | string, y, series, text }] : [];
  });
}

/** Where a bar stands: beside those of its series. */
function placeOf({ series, x }: Point): string {
  return `${series}\n${x}`;
}

/** A place for each bar, and one between two series. */
function bands(points: readonly Point[]) {
  const domain = points.flatMap((point, i) => {
    const isFirst = i > 0 && points[i - 1]?.series !== point.series;
    return isFirst ? [point.series, placeOf(point)] : [placeOf(point)];
  });
  return { domain, tickFormat: (place: string) => place.split('\n')[1] ?? '' };
}

/** From 0 on. Where few CPUs are counted there is a tick for each, and none between two. */
function fromZero(points: readonly Point[]) {
  const end = most(points);
  const isFew = end < 8 && points.every(({ x }) => Number.isInteger(x));
  return { nice: false, domain: [0, end], ...(isFew ? { ticks: end } : {}) };
}

function most(points: readonly Point[]): number {
  return Math.max(1, ...points.map(({ x }) => Number(x)));
}

/** The table's title and machine, and the legend, above the frame. */
function heading(table: Table, names: readonly string[], colourOf: (series: string) => string, marginTop: number) {
  const at = (text: string, y: number, options: Plot.TextOptions) =>
    Plot.text([text], { frameAnchor: 'top-left', textAnchor: 'start', dx: -54, dy: y - marginTop, ...options });
  return [
    at(table.title, 14, { fontSize: 13, fontWeight: 600 }),
    at(table.machine, 30, { fill: '#666' }),
    ...names.flatMap((name, i) => [
      at('●', LEGEND_TOP + LEGEND_LINE * (i + 1), { fill: colourOf(name), fontSize: 12 }),
      at(name, LEGEND_TOP + LEGEND_LINE * (i + 1), { dx: -40, fontSize: 12 }),
    ]),
  ];
}

function lines(points: Point[], names: readonly string[], colourOf: (series: string) => string, spec: PlotSpec) {
  const end = most(points);
  const ideal = [
    { x: 1, y: 1 },
    { x: end, y: end },
  ];
  return [
    ...(spec.hasIdeal ? [Plot.line(ideal, { x: 'x', y: 'y', stroke: '#bbb', strokeDasharray: '4 3' })] : []),
    // Dots of their own: markers would be numbered through the process's life.
    ...names.flatMap((name) => {
      const own = points.filter(({ series }) => series === name);
      return [
        Plot.line(own, { x: 'x', y: 'y', stroke: colourOf(name), strokeWidth: 2 }),
        Plot.dot(own, { x: 'x', y: 'y', fill: colourOf(name), r: 3 }),
      ];
    }),
  ];
}

function bars(points: Point[], colourOf: (series: string) => string) {
  return [
    Plot.barY(points, { x: placeOf, y: 'y', fill: ({ series }: Point) => colourOf(series) }),
    Plot.text(points, {
      ...{
        x: placeOf,
        y: 0,
        text: 'text',
        fill: 'white',
        rotate: -90,
        dx: 3,
        dy: -4,
        frameAnchor: 'bottom',
        textAnchor: 'start',
      },
    }),
    Plot.text(points, { x: placeOf, y: 'y', text: ({ y }: Point) => formatNumber(y), fontSize: 8, dy: -6 }),
  ];
}

/** An image of its own: with its namespace, a background, and numbers that are no longer than they need to be. */
function finish(svg: string, spec: PlotSpec): string {
  return `${svg
    .replace(/^<svg /, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${spec.y} by ${spec.x}" `)
    .replace('</style>', '</style><rect width="100%" height="100%" fill="white"></rect>')
    .replaceAll(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
    .replaceAll('><g', '>\n<g')}\n`;
}

/** Whether there is anything to draw. */
export function isPlottable(rows: readonly (readonly Cell[])[]): boolean {
  return rows.some((row) => row.slice(1).some((cell) => typeof cell === 'number'));
}
