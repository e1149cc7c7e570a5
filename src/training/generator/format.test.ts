import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COLUMNS, rfc3339, toBody, toCsv, toJsonLine } from './format.ts';
import { generate } from './generate.ts';

test('dates are RFC 3339: they mean the same instant and carry the offset', () => {
  const times = fc.integer({ min: Date.UTC(1999, 0, 1), max: Date.UTC(2100, 0, 1) });
  fc.assert(
    fc.property(times, fc.integer({ min: -720, max: 840 }), (time, offset) => {
      const text = rfc3339(time, offset);
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/);
      assert.equal(Date.parse(text), time);
      const local = new Date(time + offset * 60_000).toISOString();
      assert.equal(text.slice(0, 23), local.slice(0, 23));
    }),
  );
  assert.equal(rfc3339(Date.UTC(2026, 0, 1), -300), '2025-12-31T19:00:00.000-05:00');
});

test('a line has every column, and the CSV and the JSON say the same', () => {
  for (const row of generate({ transactions: 500, seed: 4 })) {
    const cells = toCsv(row).trimEnd().split(',');
    assert.equal(cells.length, COLUMNS.length);
    const record = JSON.parse(toJsonLine(row));
    for (const [i, column] of COLUMNS.entries()) {
      const value = column === 'isFraud' ? Number(record.isFraud) : record[column];
      assert.equal(cells[i], value === undefined ? '' : String(value), column);
    }
  }
});

test('a body holds no truth, and a date only where asked for', () => {
  const [row] = generate({ transactions: 1, seed: 4 });
  assert.deepEqual(
    Object.keys(toBody(row, true)).filter((name) => /fraud|label/i.test(name)),
    [],
  );
  assert.equal(toBody(row, false).transactionDate, undefined);
  assert.equal(Date.parse(String(toBody(row, true).transactionDate)), row.time);
});
