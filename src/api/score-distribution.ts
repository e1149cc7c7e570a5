import { stabilityIndex } from '../models/stability.ts';
import type { ScoreHistory } from '../projections/store.ts';

/** Fewer say more of chance than of a shift. */
const ENOUGH = 200;
const PARTS = ['test', 'validation', 'train'] as const;

/** Scores over time beside those of the model's report, as text of JSON; a model may have come without one. */
export function distributionOf({ widthMs, series }: ScoreHistory, report: string | undefined) {
  const reference = report === undefined ? null : referenceIn(parsed(report));
  const stability = (bins: number[]) => {
    const enough = bins.reduce((sum, n) => sum + n, 0) >= ENOUGH;
    return reference && enough ? (stabilityIndex(bins, reference.bins) ?? null) : null;
  };
  const all = new Array<number>(20).fill(0);
  for (const { bins } of series) for (const [bin, count] of bins.entries()) all[bin] += count;
  return {
    intervalSeconds: widthMs / 1000,
    reference,
    series: series.map((point) => ({ ...point, stability: stability(point.bins) })),
    stability: stability(all),
  };
}

/** Rows that the model had not learnt from, where there are any. A report may be an upload: nothing of it is taken on trust. */
function referenceIn(report: unknown): { part: string; bins: number[] } | null {
  for (const part of PARTS) {
    const histogram = at(report, part, 'curves', 'histogram');
    const [legitimate, fraud] = [binsOf(at(histogram, 'legitimate')), binsOf(at(histogram, 'fraud'))];
    if (legitimate && fraud) return { part, bins: legitimate.map((count, bin) => count + fraud[bin]) };
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function binsOf(value: unknown): number[] | undefined {
  const sound = Array.isArray(value) && value.length === 20 && value.every((n) => Number.isSafeInteger(n) && n >= 0);
  return sound ? (value as number[]) : undefined;
}

function at(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const name of path)
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined;
  return found;
}
