import type pg from 'pg';
import type { ScoreHistory } from '../../projections/store.ts';
import { bucketWidth } from './stats.ts';
import { moment } from './transactions.ts';

const BINS = 20;

interface Row {
  bucket: Date;
  bin: number;
  count: string;
}

/** One pass over the narrow rows of the window, counted by interval and bin. */
export async function readScores(
  pool: pg.Pool,
  schema: string,
  model: string,
  from: number,
  to: number,
): Promise<ScoreHistory> {
  const widthMs = bucketWidth(to - from);
  const { rows } = await pool.query<Row>({
    name: `scores_${widthMs}`,
    text: `SELECT date_bin('${widthMs} ms', created_at, timestamptz 'epoch') AS bucket,
        least(score / ${100 / BINS}, ${BINS - 1}) AS bin, count(*) AS count
      FROM ${schema}.transactions
      WHERE created_at >= $1 AND created_at < $2 AND NOT deleted AND model = $3 AND score IS NOT NULL
      GROUP BY 1, 2 ORDER BY 1`,
    values: [moment(from), moment(to), model],
  });
  const series: ScoreHistory['series'] = [];
  for (const { bucket, bin, count } of rows) {
    const at = bucket.toISOString();
    let point = series.at(-1);
    if (point?.at !== at) series.push((point = { at, count: 0, bins: new Array<number>(BINS).fill(0) }));
    point.bins[bin] += Number(count);
    point.count += Number(count);
  }
  return { widthMs, series };
}
