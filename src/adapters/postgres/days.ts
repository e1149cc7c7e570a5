import { floorTo } from './tallies.ts';
import { moment } from './text.ts';

const DAY_MS = 86_400_000;

export interface Span {
  from: number;
  to: number;
}

/** Both ends of each span, as parameters of a query. */
export function boundsOf(spans: readonly Span[]): string[] {
  return spans.flatMap(({ from, to }) => [moment(from), moment(to)]);
}

/**
 * Cuts [from, to), milliseconds, into whole days (UTC; the first and the one after the last, as dates) and what is left
 * before and after them, either of which may be empty.
 */
export function cutByDay(from: number, to: number): { days: [string, string]; edges: [Span, Span] } {
  const first = Math.ceil(from / DAY_MS) * DAY_MS;
  const last = Math.max(first, floorTo(to, DAY_MS));
  const edges: [Span, Span] = [
    { from, to: Math.min(first, to) },
    { from: last, to },
  ];
  return { days: [moment(first).slice(0, 10), moment(last).slice(0, 10)], edges };
}
