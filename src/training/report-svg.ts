/** Charts as SVG text. Colours come from the page's CSS, so that they follow its light or dark scheme. */
import type { Curve } from './curves.ts';

const WIDTH = 420;
const HEIGHT = 260;
const FRAME = { left: 52, right: 22, top: 14, bottom: 42 };
const INNER = { width: WIDTH - FRAME.left - FRAME.right, height: HEIGHT - FRAME.top - FRAME.bottom };

export interface Axis {
  label: string;
  from: number;
  to: number;
  ticks: number[];
  text: (value: number) => string;
  /** Logarithmic; `from` is above 0. */
  log?: boolean;
}

export interface Line {
  points: Curve;
  /** A class of the page: `test`, `validation`, `train`, `fraud`, `guide`. */
  tone: string;
  dots?: boolean;
  /** Dots alone. */
  bare?: boolean;
}

export const escapeText = (text: string) =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);

const n = (value: number) => String(Math.round(value * 10) / 10);

/** Where a value lies along an axis, 0..1, kept within it. */
function along(axis: Axis, value: number): number {
  const at = axis.log
    ? Math.log(Math.max(value, axis.from) / axis.from) / Math.log(axis.to / axis.from)
    : (value - axis.from) / (axis.to - axis.from);
  return Math.min(Math.max(at, 0), 1);
}

const placeX = (axis: Axis, value: number) => FRAME.left + along(axis, value) * INNER.width;
const placeY = (axis: Axis, value: number) => FRAME.top + (1 - along(axis, value)) * INNER.height;

/** Lines over two axes. `title` is read by screen readers; `marks` are vertical lines with a word. */
export function lineChart(
  title: string,
  x: Axis,
  y: Axis,
  lines: Line[],
  marks: { at: number; text: string }[] = [],
): string {
  const drawn = lines.map(({ points, tone, dots, bare }) => {
    const places = points
      .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))
      .map(([a, b]) => `${n(placeX(x, a))},${n(placeY(y, b))}`);
    const circles = dots ? places.map((place) => `<circle class="${tone}" r="3" ${center(place)}/>`).join('') : '';
    return (bare ? '' : `<polyline class="${tone}" points="${places.join(' ')}"/>`) + circles;
  });
  const marked = marks.map(({ at, text }, i) => {
    const left = placeX(x, at);
    const late = left > FRAME.left + INNER.width * 0.7;
    return (
      `<line class="mark" x1="${n(left)}" x2="${n(left)}" y1="${FRAME.top}" y2="${FRAME.top + INNER.height}"/>` +
      `<text class="mark" x="${n(left + (late ? -5 : 5))}" y="${FRAME.top + 10 + 14 * i}"${late ? ' text-anchor="end"' : ''}>${escapeText(text)}</text>`
    );
  });
  return frame(title, x, y, drawn.join('') + marked.join(''));
}

/** Pairs of bars on a logarithmic count axis: legitimate behind, fraud in front. */
export function histogramChart(title: string, x: Axis, groups: { values: number[]; tone: string }[]): string {
  const highest = Math.max(10, ...groups.flatMap(({ values }) => values));
  const decades = Math.ceil(Math.log10(highest));
  const ticks = Array.from({ length: decades + 1 }, (_, i) => 10 ** i);
  // The axis begins below one, so that a bar of one row is seen.
  const y: Axis = { label: 'payments', from: 0.5, to: 10 ** decades, ticks, text: compact, log: true };
  const bars = groups.flatMap(({ values, tone }, g) => {
    const slot = INNER.width / values.length;
    const width = (slot - 3) / groups.length;
    return values.map((value, i) => {
      if (value === 0) return '';
      const top = placeY(y, value);
      const left = FRAME.left + i * slot + 1.5 + g * width;
      return `<rect class="${tone}" x="${n(left)}" y="${n(top)}" width="${n(width - 0.5)}" height="${n(FRAME.top + INNER.height - top)}" rx="1"/>`;
    });
  });
  return frame(title, x, y, bars.join(''));
}

/** 1200 → 1.2k. */
export function compact(value: number): string {
  for (const [size, unit] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))}${unit}`;
  }
  return String(Number(value.toPrecision(3)));
}

function center(place: string): string {
  const [x, y] = place.split(',');
  return `cx="${x}" cy="${y}"`;
}

function frame(title: string, x: Axis, y: Axis, content: string): string {
  const bottom = FRAME.top + INNER.height;
  const right = FRAME.left + INNER.width;
  const rows = y.ticks.map((tick) => {
    const at = n(placeY(y, tick));
    return `<line class="grid" x1="${FRAME.left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${FRAME.left - 8}" y="${at}" dy="4" text-anchor="end">${escapeText(y.text(tick))}</text>`;
  });
  const columns = x.ticks.map(
    (tick) =>
      `<text x="${n(placeX(x, tick))}" y="${bottom + 17}" text-anchor="middle">${escapeText(x.text(tick))}</text>`,
  );
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}">${rows.join('')}${columns.join('')}` +
    `<line class="axis" x1="${FRAME.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>${content}` +
    `<text class="axis" x="${(FRAME.left + right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeText(x.label)}</text>` +
    `<text class="axis" transform="translate(12 ${FRAME.top + INNER.height / 2}) rotate(-90)" text-anchor="middle">${escapeText(y.label)}</text></svg>`
  );
}
