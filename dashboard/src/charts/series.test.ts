import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stats } from '../api/types.ts';
import { wholeSeries } from './series.ts';

const MINUTE = 60_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (minutes: number) => new Date(start + minutes * MINUTE).toISOString();

function stats(from: number, to: number, minutes: number[]): Stats {
  const series = minutes.map((m) => ({
    at: at(m),
    count: 1,
    approve: 1,
    review: 0,
    decline: 0,
    p50: 1,
    p95: 1,
    p99: 1,
    amounts: {},
    amountBase: { total: 0, blocked: 0, unconverted: 0 },
  }));
  return { from: at(from), to: at(to), series } as unknown as Stats;
}

test('a series is drawn from the start of its window to its end, evenly', () => {
  const series = wholeSeries(stats(0, 60, [20, 21, 22]));
  assert.equal(series[0].at, at(0));
  assert.equal(series.at(-1)!.at, at(60));
  assert.equal(series.length, 61);
  for (let i = 1; i < series.length; i++) assert.equal(Date.parse(series[i].at) - Date.parse(series[i - 1].at), MINUTE);
  assert.equal(
    series.reduce((sum, { count }) => sum + count, 0),
    3,
  );
});

test('an hour of data in a month stays as it is', () => {
  assert.equal(wholeSeries(stats(0, 43_200, [43_000, 43_001])).length, 2);
});

test('nothing is made up around a single interval', () => {
  assert.equal(wholeSeries(stats(0, 60, [5])).length, 1);
  assert.equal(wholeSeries(stats(0, 60, [])).length, 0);
});
