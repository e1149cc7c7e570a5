import type { SeriesPoint, Stats } from '../api/types.ts';

const MAX_POINTS = 130;

/**
 * The series of a window from its start to its end. The server draws it over what there is; a chart that ends now shows
 * that nothing comes any more. Where that would take too many points (an hour of data in a month), it stays as it is.
 */
export function wholeSeries({ series, from, to }: Stats): SeriesPoint[] {
  if (series.length < 2) return series;
  const first = Date.parse(series[0].at);
  const width = Date.parse(series[1].at) - first;
  const before = Math.max(0, Math.floor((first - Date.parse(from)) / width));
  const last = Date.parse(series.at(-1)!.at);
  const after = Math.max(0, Math.floor((Date.parse(to) - last) / width));
  if (before + series.length + after > MAX_POINTS) return series;
  const empty = (time: number): SeriesPoint => ({
    at: new Date(time).toISOString(),
    ...{ count: 0, approve: 0, review: 0, decline: 0, p50: 0, p95: 0, p99: 0 },
    ...{ amounts: {}, amountBase: { total: 0, blocked: 0, unconverted: 0 } },
  });
  return [
    ...Array.from({ length: before }, (_, i) => empty(first - (before - i) * width)),
    ...series,
    ...Array.from({ length: after }, (_, i) => empty(last + (i + 1) * width)),
  ];
}
