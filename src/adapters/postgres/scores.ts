import type pg from 'pg';
import type { ScoreHistory } from '../../projections/store.ts';
import { SCORE_BINS } from './tally.ts';
import { bucketWidth, inSnapshot, readWindow } from './window.ts';

export async function readScores(
  pool: pg.Pool,
  schema: string,
  model: string,
  from: number,
  to: number,
): Promise<ScoreHistory> {
  const widthMs = bucketWidth(to - from);
  const { parts } = await inSnapshot(pool, (client) => readWindow(client, schema, { from, to, width: widthMs }));
  const points = new Map<number, number[]>();
  for (const { at, tally } of parts) {
    const counts = tally.scores[model];
    if (!counts) continue;
    let bins = points.get(at);
    if (!bins) points.set(at, (bins = new Array<number>(SCORE_BINS).fill(0)));
    for (let bin = 0; bin < SCORE_BINS; bin++) bins[bin] += counts[bin];
  }
  const series = [...points]
    .sort(([a], [b]) => a - b)
    .map(([at, bins]) => ({
      at: new Date(at).toISOString(),
      count: bins.reduce((sum, count) => sum + count, 0),
      bins,
    }));
  return { widthMs, series };
}
