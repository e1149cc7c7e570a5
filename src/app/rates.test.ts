import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openRates } from './rates.ts';

const T = Date.UTC(2026, 10, 20);

test('the shipped rates, a file in their place, none; and what is set comes first', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-rates-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = { baseCurrency: 'USD', currencyRates: { AED: 0.27 } };
  const shipped = openRates({ ...config, ratesFile: undefined });
  assert.equal(shipped.at('EUR', T)?.date, shipped.newest);
  assert.equal(shipped.source, 'European Central Bank');
  assert.deepEqual(shipped.at('AED', T), { rate: 0.27 });
  assert.equal(openRates({ ...config, ratesFile: 'none' }).at('EUR', T), undefined);
  const path = join(folder, 'r.csv.gz');
  writeFileSync(path, gzipSync('Date,USD\n2026-11-19,2\n'));
  assert.deepEqual(openRates({ ...config, ratesFile: path }).at('EUR', T), { rate: 2, date: '2026-11-19' });
  assert.throws(() => openRates({ ...config, ratesFile: join(folder, 'away') }), /RATES_FILE: .*away cannot be read/);
});

test('a file that changes is read again; one that makes no sense leaves the rates of before, and the log says so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-rates-'));
  const path = join(folder, 'r.csv');
  writeFileSync(path, 'Date,USD\n2026-11-18,2\n');
  const lines: string[] = [];
  const log = {
    info: (_: object, line: string) => lines.push(line),
    error: (_: object, line: string) => lines.push(line),
  };
  const rates = openRates({ baseCurrency: 'USD', currencyRates: {}, ratesFile: path }, log, 5);
  t.after(() => {
    rates.close();
    rmSync(folder, { recursive: true });
  });
  const told = async (count: number) => {
    while (lines.length < count) await sleep(5);
  };
  writeFileSync(path, 'Date,USD\n2026-11-18,2\n2026-11-19,3.5\n');
  await told(1);
  assert.deepEqual(rates.at('EUR', T), { rate: 3.5, date: '2026-11-19' });
  writeFileSync(path, 'nonsense, and longer than what was there before it was written over\n');
  await told(2);
  assert.match(lines[1], /those of before serve on/);
  assert.equal(rates.at('EUR', T)?.rate, 3.5);
});
