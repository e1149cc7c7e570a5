import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTopEntities } from '../../src/adapters/postgres/top-entities.ts';
import type { CaseView } from '../../src/projections/case-view.ts';
import type { CaseStats } from '../../src/projections/store.ts';
import { randomHistory } from './random-history.ts';
import { decision, sequenced, T0 } from './records.ts';
import { apply, type Bench, dump, onServer, openBench } from './store-bench.ts';

const DAY = 86_400_000;
const FEW = 0;
const MANY = Number.MAX_SAFE_INTEGER;

/** Alerts and cases as they are counted for long windows: a history of so many records, over the same weeks. */
export function countContract(url: () => string, length = 400): void {
  const check = (name: string, retentionDays: number, body: (bench: Bench) => Promise<void>) =>
    test(name, async () => {
      const bench = await openBench(url(), { retentionDays });
      try {
        await body(bench);
      } finally {
        await bench.close();
      }
    });
  const top = ({ url, schema }: Bench, from: number, to: number, alerts: number) =>
    onServer(url, (client) => readTopEntities(client, schema, { from, to, alerts }));

  for (const retentionDays of [0, 8])
    check(`counts of days are those of the rows, kept for ${retentionDays} days`, retentionDays, async (bench) => {
      const records = sequenced(
        randomHistory(11, length).map((entry) => ({ ...entry, at: T0 + ((entry.at - T0) * 60_000_000) / length })),
      );
      for (let from = 0; from < records.length; from += 17) {
        await bench.store.apply(records.slice(from, from + 17));
        if (from % 5 === 0) assert.deepEqual(await counted(bench), await recounted(bench));
      }
      const { alert_days: days, case_days: cases } = await counted(bench);
      assert.ok(days.length > length / 8 && cases.length > length / 20, `${days.length} and ${cases.length}`);
      const all = (await bench.store.cases.list({}, 'newest', { limit: 1_000 })).data;
      for (const [from, to] of [
        [0, MANY],
        [T0 + 2.3 * DAY, T0 + 9.1 * DAY],
        [T0 + 10 * DAY, T0 + 12 * DAY],
        [T0 + 10.2 * DAY, T0 + 10.7 * DAY],
        [T0 + 500 * DAY, T0 + 600 * DAY],
      ]) {
        assert.deepEqual(await top(bench, from, to, MANY), await top(bench, from, to, FEW), `${from} to ${to}`);
        assert.deepEqual(await bench.store.cases.stats(from, to), naiveCaseStats(all, from, to), `${from} to ${to}`);
      }
    });

  check('the most alerts of a window are found behind many who had more outside it', 0, async (bench) => {
    const alerts = (device: string, count: number, at: number) =>
      Array.from({ length: count }, (_, index) =>
        decision({ id: `${device} ${at} ${index}`, at, userId: `u ${index}`, deviceId: device, decision: 'review' }),
      );
    const loud = Array.from({ length: 130 }, (_, n) => alerts(`loud${n}`, 6, T0 + (n % 3) * 1_000));
    await apply(bench, [...loud.flat(), ...alerts('quiet', 5, T0 + 5 * DAY), ...alerts('loud9', 2, T0 + 6.5 * DAY)]);
    const window = [T0 + 4.5 * DAY, T0 + 7 * DAY] as const;
    const found = await top(bench, ...window, MANY);
    assert.deepEqual(found.slice(0, 4), [
      { type: 'device', id: 'quiet', alerts: 5 },
      { type: 'device', id: 'loud9', alerts: 2 },
      { type: 'user', id: 'u 0', alerts: 2 },
      { type: 'user', id: 'u 1', alerts: 2 },
    ]);
    assert.deepEqual(found, await top(bench, ...window, FEW));
  });
}

function naiveCaseStats(all: CaseView[], from: number, to: number): CaseStats {
  const within = all.filter(({ openedAt }) => Date.parse(openedAt) >= from && Date.parse(openedAt) < to);
  const count = (test: (row: CaseView) => boolean) => within.filter(test).length;
  const times = (of: (row: CaseView) => string | null) => {
    const sorted = within
      .flatMap((row) => (of(row) === null ? [] : [Date.parse(of(row)!) - Date.parse(row.openedAt)]))
      .sort((a, b) => a - b);
    const at = (percent: number) => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? null;
    return { p50: at(50), p95: at(95) };
  };
  const open = within.filter(({ status }) => status === 'open');
  return {
    opened: within.length,
    open: open.length,
    unassigned: count(({ status, assignee }) => status === 'open' && assignee === null),
    resolved: count(({ status }) => status === 'resolved'),
    resolutions: {
      fraud: count(({ resolution }) => resolution === 'fraud'),
      legitimate: count(({ resolution }) => resolution === 'legitimate'),
      unsure: count(({ resolution }) => resolution === 'unsure'),
    },
    // To a millionth: sums of decimals.
    amountAtRisk: Math.round(open.reduce((sum, { amountAtRisk }) => sum + amountAtRisk, 0) * 1e6) / 1e6,
    firstActionMs: times(({ firstActionAt }) => firstActionAt),
    resolvedMs: times(({ resolvedAt }) => resolvedAt),
  };
}

async function counted(bench: Bench) {
  const { alert_days, alert_totals, case_days } = await dump(bench);
  return { alert_days, alert_totals, case_days };
}

/** What the triggers should have come to, from the rows. */
function recounted({ url, schema }: Bench): Promise<Awaited<ReturnType<typeof counted>>> {
  const named = `${schema}.case_alerts a, unnest(a.keys) WITH ORDINALITY AS entity (key, place) WHERE key <> 0`;
  const rows = (text: string) => onServer(url, async (client) => (await client.query(text)).rows);
  return Promise.all([
    rows(`SELECT place::smallint, key, (at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS alerts FROM ${named} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`), // biome-ignore format: one line
    rows(`SELECT place::smallint, key, count(*)::int AS alerts FROM ${named} GROUP BY 1, 2 ORDER BY 1, 2`),
    rows(
      `SELECT (c.opened_at AT TIME ZONE 'UTC')::date AS day, m.measure COLLATE "C" AS measure, m.value, count(*)::int AS cases,
         trim_scale(sum(m.amount)) AS amount FROM ${schema}.cases c, ${schema}.case_measures(c) m
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    ),
  ]).then(([alert_days, alert_totals, case_days]) => ({ alert_days, alert_totals, case_days }));
}
