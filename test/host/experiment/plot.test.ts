// Plots: what is in the table is where it belongs, and nothing is drawn of what is not.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plotSvg } from '../../../host/experiment/plot.ts';
import type { Table } from '../../../host/table.ts';

const SPEC = { kind: 'lines', x: 'CPUs', y: 'microseconds' } as const;

function table(rows: Table['rows']): Table {
  const columns = ['CPUs', 'shared <one>', 'distributed'].map((name) => ({ name, unit: '' }));
  return { title: 'pages & frames', machine: 'uniform-4', digest: '', columns, rows };
}

/** The points of each line, in pixels. */
function lines(svg: string): number[][][] {
  return svg
    .split('\n')
    .filter((text) => text.includes('stroke-width="2"'))
    .map((text) => (/ d="(M[^"]*)"/.exec(text)?.[1] ?? '').split(/[ML]/).slice(1))
    .map((points) => points.map((point) => point.replace('Z', '').split(',').map(Number)));
}

it('names title, machine, axes and series', () => {
  const svg = plotSvg(table([[1, 10, 11]]), SPEC);
  for (const text of ['pages &amp; frames', 'uniform-4', 'shared &lt;one&gt;', 'distributed', 'microseconds', 'CPUs'])
    expect(svg).toContain(`>${text}`);
});

it('counts few CPUs one by one', () => {
  for (let last = 1; last < 8; last++) {
    const svg = plotSvg(
      table([
        [1, 10, 11],
        [last, 10, 11],
      ]),
      SPEC,
    );
    const axis = svg.split('\n').find((line) => line.includes('"x-axis tick label"')) ?? '';
    const labels = [...axis.matchAll(/>([\d.]+)</g)].map(([, label]) => label);
    expect(labels).toEqual(Array.from({ length: last + 1 }, (_, i) => String(i)));
  }
});

it('draws each value at its place', () => {
  const value = fc.integer({ min: 0, max: 1000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 8 }), (values) => {
      const drawn = table(values.map(([a, b], i) => [i + 1, a, b]));
      const svg = plotSvg(drawn, SPEC);
      expect(plotSvg(drawn, SPEC)).toBe(svg);
      const [first = [], second = []] = lines(svg);
      const all = [...first, ...second].map(([x = 0, y = 0]) => ({ x, y }));
      const wanted = [0, 1].flatMap((series) => values.map((pair, i) => ({ x: i + 1, y: pair[series] ?? 0 })));
      expect(all.length).toBe(wanted.length);
      // Pixels are an affine function of values, with y downwards.
      const pairs = wanted.map((point, i) => ({ point, pixel: all[i] ?? { x: 0, y: 0 } }));
      for (const axis of ['x', 'y'] as const) {
        const sorted = pairs.toSorted((a, b) => a.point[axis] - b.point[axis]);
        const [low, high] = [sorted[0], sorted.at(-1)];
        if (!low || !high || low.point[axis] === high.point[axis]) continue;
        const scale = (high.pixel[axis] - low.pixel[axis]) / (high.point[axis] - low.point[axis]);
        expect(Math.sign(scale)).toBe(axis === 'x' ? 1 : -1);
        for (const { point, pixel } of sorted)
          expect(Math.abs(pixel[axis] - low.pixel[axis] - scale * (point[axis] - low.point[axis]))).toBeLessThan(0.05);
      }
    }),
    { numRuns: 15 },
  );
});

it('leaves out what was not measured', () => {
  const rows = [
    [1, 10, 11],
    [2, 20, null],
    [4, 40, null],
  ];
  expect(lines(plotSvg(table(rows), SPEC)).map((points) => points.length)).toEqual([3, 1]);
});

it('draws a bar for each row of each series, with its text', () => {
  const columns = ['rank', 'shared', 'shared: object', 'other', 'other: object'].map((name) => ({ name, unit: '' }));
  const rows = [
    [1, 30, 'Process', 15, 'Region'],
    [2, 20, 'HAT', null, null],
  ];
  const spec = { kind: 'bars', x: 'instance', y: 'accesses', series: ['shared', 'other'], inBars: ': object' } as const;
  const svg = plotSvg({ ...table([]), columns, rows }, spec);
  const bars = [...svg.matchAll(/<rect x="([\d.]+)" width="[\d.]+" y="[\d.]+" height="([\d.]+)"/g)];
  const [x, heights] = [1, 2].map((group) => bars.map((bar) => Number(bar[group]))) as [number[], number[]];
  const unit = (heights[0] ?? 0) / 30;
  expect(heights.map((height) => Math.round(height / unit))).toEqual([30, 20, 15]);
  expect(x).toEqual(x.toSorted((a, b) => a - b));
  for (const text of ['Process', 'HAT', 'Region']) expect(svg).toContain(`>${text}<`);
});
