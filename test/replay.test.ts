import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call } from './support/app.ts';
import { startServer } from './support/process.ts';

const entry = join(import.meta.dirname, '..', 'bin', 'assay.js');

/** Replays as a person would; never rejects. */
function replay(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; error: string }>((resolve) => {
    execFile(
      process.execPath,
      [entry, 'replay', ...args, '--json'],
      { env: { ...process.env, LOG_LEVEL: 'silent', ...env }, timeout: 60_000 },
      (failure, out, error) => resolve({ code: failure ? Number(failure.code ?? -1) : 0, out, error }),
    );
  });
}

describe('a history file', () => {
  let folder: string;
  const file = (name: string, lines: string[]) => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-replay-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const HEADER = 'id,userId,amount,transactionDate';
  const rows = (year: number, many: number) =>
    Array.from(
      { length: many },
      (_, i) => `${year}-${i},u,${i + 1},${year}-03-01T00:00:${String(i).padStart(2, '0')}Z`,
    );

  test('is taken up again where it ended, and never put before what is there unless told to', async () => {
    const dataDir = join(folder, 'own');
    const recent = file('recent.csv', [HEADER, ...rows(2025, 20)]);
    assert.equal((await replay([recent, '--data-dir', dataDir])).code, 0);
    const more = file('more.csv', [HEADER, ...rows(2025, 30)]);
    const resumed = await replay([more, '--data-dir', dataDir]);
    assert.equal(resumed.code, 0, resumed.error);
    assert.deepEqual([JSON.parse(resumed.out).transactions, JSON.parse(resumed.out).repeated], [30, 20]);

    const old = file('old.csv', [HEADER, ...rows(2019, 3)]);
    const refused = await replay([old, '--data-dir', dataDir]);
    assert.equal(refused.code, 1, refused.out);
    assert.match(
      refused.error,
      /nothing was written: line 2 is of 2019-03-01T00:00:00\.000Z.* up to 2025-03-01T00:00:29\.000Z/,
    );
    assert.match(refused.error, /--data-dir .*--live/s);
    const live = await replay([old, '--data-dir', dataDir, '--live']);
    assert.deepEqual([live.code, JSON.parse(live.out).repeated], [0, 0], 'nothing of it was there');
  });

  test('tells labels that it did not learn: known after the last row, or nobody knows when', async () => {
    const told = ['2025-03-01T00:00:00Z,1', '2025-03-01T00:00:01Z,0', '2025-03-01T00:00:02Z,fraud'].map(
      (rest, i) => `l${i},u,${i + 1},${rest}`,
    );
    const labelled = file('labelled.csv', [`${HEADER},isFraud`, ...told]);
    const { code, out, error } = await replay([labelled, '--data-dir', join(folder, 'labelled')]);
    assert.equal(code, 0, error);
    assert.deepEqual(JSON.parse(out).untold, { later: 2, undated: 1 });
    assert.match(error, /note: 2 labels became known after the last row \(--delay-days 7 .*assay labels import/);
    assert.match(error, /note: 1 label of legitimate payments was not told/);
  });

  test('a decimal point is no number where commas are declared', async () => {
    const map = file('comma.json', ['{"columns": {}, "decimal": ","}']);
    const cells = ['"1.234,50"', '1.234', '1.23'].map((amount, i) => `m${i},u,${amount},2025-03-01T00:00:0${i}Z`);
    const points = file('points.csv', [HEADER, ...cells]);
    const { out, error } = await replay([
      points,
      '--map',
      map,
      '--max-errors',
      '1',
      '--data-dir',
      join(folder, 'comma'),
    ]);
    assert.match(error, /line 4: amount "1\.23" must be a number; numbers are read with a decimal comma/);
    assert.equal(JSON.parse(out).transactions, 2);
  });

  test('beside a running server changes nothing, and says why', async () => {
    const dataDir = join(folder, 'held');
    const old = file('beside.csv', [HEADER, ...rows(2019, 5)]);
    const server = await startServer(dataDir, { READ_WAIT_MS: '60000' });
    try {
      const refused = await replay([old], { ASSAY_DATA_DIR: dataDir });
      assert.equal(refused.code, 1, refused.out);
      assert.match(refused.error, /a server \(process \d+, http.*\) holds the data directory .*--live/s);
      const listed = await call(server.url, 'GET', '/api/transactions');
      assert.deepEqual(listed.body.data, []);
      assert.equal((await replay([old, '--live'], { ASSAY_DATA_DIR: dataDir })).code, 0);
      assert.equal((await call(server.url, 'GET', '/api/transactions')).body.data.length, 5);
    } finally {
      await server.stop();
    }
  });

  test('tells every bad row with its line, field and value, whatever is wrong, and stops where it was told to', async () => {
    const header = 'id,userId,amount,currency,ip,email,country,transactionDate,isFraud,labelledAt';
    const time = (second: number) => `2024-01-01T00:00:${String(second).padStart(2, '0')}Z`;
    const bad = file('bad.csv', [
      header,
      `a,u,1,USD,203.0.113.9,a@b.co,US,${time(1)},0,`,
      `b,u,1,QQQ,,,,${time(2)},0,`,
      `c,u,1,,1.2.3,,,${time(3)},0,`,
      `d,u,1,,,nobody,,${time(4)},0,`,
      `e,u,1,,,,D1,${time(5)},0,`,
      `a,u,2,,,,,${time(6)},0,`,
      `alerts,u,1,,,,,${time(7)},0,`,
      `g,u,-1,,,,,2024-02-30T00:00:00Z,0,`,
      `i,u,1,,,,,${time(9)},perhaps,`,
      `j,u,1,,,,,${time(10)},1,2023-01-01T00:00:00Z`,
      `k,u,1,,${time(11)},0,`,
      `l,u,1,,,,,${time(12)},0,`,
    ]);
    const all = await replay([bad, '--data-dir', join(folder, 'bad'), '--max-errors', '10']);
    assert.equal(all.code, 0, all.error);
    const { transactions, errors } = JSON.parse(all.out);
    assert.deepEqual([transactions, errors], [2, 10]);
    const told = all.error.split('\n').filter((line) => line.startsWith('skipped'));
    const expected = [
      /line 3: currency "QQQ" must be an ISO 4217 code/,
      /line 4: ip "1\.2\.3" must be an IPv4 or IPv6 address/,
      /line 5: email "nobody" must be an e-mail address/,
      /line 6: country "D1" must be an ISO 3166-1 alpha-2 code/,
      /line 7: id "a" stands in an earlier row with other values/,
      /line 8: id "alerts" is a word of/,
      /line 9: transactionDate "2024-02-30T00:00:00Z" must be an RFC 3339 time .*; amount "-1" must be >= 0/,
      /line 10: isFraud "perhaps" must be 0 or 1/,
      /line 11: labelledAt "2023-01-01T00:00:00Z" must not be more than 24 hours before the payment/,
      /line 12: 7 fields where the header has 10/,
    ];
    assert.equal(told.length, expected.length, all.error);
    for (const [i, pattern] of expected.entries()) assert.match(told[i], pattern);
    const stopped = await replay([bad, '--data-dir', join(folder, 'stopped'), '--max-errors', '2']);
    assert.equal(stopped.code, 1);
    assert.match(stopped.error, /line 5: email/);
  });

  test('whose row is known with other values goes on, and says so', async () => {
    const dataDir = join(folder, 'known');
    const first = file('first.csv', [HEADER, ...rows(2025, 2)]);
    assert.equal((await replay([first, '--data-dir', dataDir])).code, 0);
    const changed = file('changed.csv', [
      HEADER,
      rows(2025, 2)[0],
      '2025-1,u,99,2025-03-01T00:00:01Z',
      'n,u,1,2025-03-02T00:00:00Z',
    ]);
    const told = await replay([changed, '--data-dir', dataDir, '--max-errors', '1']);
    assert.equal(told.code, 0, told.error);
    assert.match(told.error, /line 3: Transaction 2025-1 exists with another body/);
    assert.equal(JSON.parse(told.out).transactions, 2);
  });
});
