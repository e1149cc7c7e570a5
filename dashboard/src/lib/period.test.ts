import assert from 'node:assert/strict';
import { test } from 'node:test';
import { periodBeside } from './period.ts';

test('quarters and months beside each other, over the turn of the year', () => {
  const table: [period: string, steps: number, expected: string][] = [
    ['2026Q4', 1, '2027Q1'],
    ['2026Q1', -1, '2025Q4'],
    ['2026Q2', 1, '2026Q3'],
    ['2026-12', 1, '2027-01'],
    ['2026-01', -1, '2025-12'],
    ['2026-09', 1, '2026-10'],
  ];
  for (const [period, steps, expected] of table) assert.equal(periodBeside(period, steps), expected);
});
