import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundTimes, ticks } from './scale.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string) => Date.parse(text);
const iso = (times: number[]) => times.map((time) => new Date(time).toISOString().slice(11, 16));

test('labels stand at round times, as many as there is room for', () => {
  const [from, to] = [at('2026-01-01T23:44:15Z'), at('2026-01-01T23:59:30Z')];
  assert.deepEqual(iso(roundTimes(from, to, 6, () => 0)), ['23:45', '23:48', '23:51', '23:54', '23:57']);
  assert.deepEqual(iso(roundTimes(from, to, 2, () => 0)), ['23:50']);
});

test('what is round is a matter of the zone', () => {
  const [from, to] = [at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z')];
  const india = 5.5 * HOUR;
  assert.deepEqual(iso(roundTimes(from, to, 5, () => india)), ['00:30', '06:30', '12:30', '18:30']);
});

test('they stay round where the clocks change', () => {
  const change = at('2026-03-29T01:00:00Z');
  const berlin = (time: number) => (time < change ? 1 : 2) * HOUR;
  const times = roundTimes(at('2026-03-28T20:00:00Z'), at('2026-03-29T20:00:00Z'), 5, berlin);
  assert.deepEqual(
    times.map((time) => ((time + berlin(time)) / HOUR) % 24),
    [0, 6, 12, 18],
  );
});

test('the lines of an axis are round and reach the top', () => {
  assert.deepEqual(ticks(2_400), [0, 1_000, 2_000, 3_000]);
  assert.deepEqual(ticks(0), [0, 1]);
});
