import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { rebuildDatabase } from '../src/cli/database-run.ts';
import { runRepair, runVerify } from '../src/cli/journal-run.ts';
import { lockDirectory } from '../src/journal/local/lock.ts';
import { repairJournal } from '../src/journal/local/repair.ts';
import { call, startApp, type TestApp } from './support/app.ts';

const ENV = { JOURNAL_SEGMENT_BYTES: '65536', JOURNAL_SCRUB_RATE: '100000000' };
const COUNT = 320;
let app: TestApp;
const dataDir = mkdtempSync(join(tmpdir(), 'assay-damage-'));
const journal = join(dataDir, 'journal');
const start = () => startApp({ ...ENV, ASSAY_DATA_DIR: dataDir });

const payment = (i: number) => ({ id: `pay_${i}`, userId: `u${i % 7}`, amount: 10 + i, email: `u${i}@example.com` });
const segments = () =>
  readdirSync(journal)
    .filter((name) => name.endsWith('.journal'))
    .sort();
/** Turns bits of one byte of a file, and says where. */
function flip(name: string, offset: number, bits = 0x5a): void {
  const bytes = readFileSync(join(journal, name));
  bytes[offset] ^= bits;
  writeFileSync(join(journal, name), bytes);
}

before(async () => {
  app = await start();
  for (let i = 0; i < COUNT; i++)
    assert.equal((await call(app.url, 'POST', '/api/transactions', payment(i))).status, 201);
});
after(async () => {
  await app.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('a flipped byte of a sealed segment is found, told with its place, survived and mended', async () => {
  assert.ok(segments().length >= 3, `${segments().length} segments`);
  const [first] = segments();
  const bytes = readFileSync(join(journal, first));
  const at = bytes.indexOf('t:pay_20"');
  await app.stop({ keep: true });
  flip(first, at + 2);
  app = await start();
  const health = async () => (await call(app.url, 'GET', '/health')).body;
  for (const until = Date.now() + 90_000; (await health()).journal !== 'damaged'; await sleep(200))
    assert.ok(Date.now() < until, 'the scrub finds it');
  const told = await health();
  assert.equal(told.status, 'degraded');
  assert.match(
    told.reasons.journal,
    new RegExp(`^${first}, offset \\d+: record \\d+ is damaged; assay journal repair`),
  );
  assert.equal((await call(app.url, 'POST', '/api/transactions', payment(COUNT))).status, 201, 'decisions go on');
  const repeated = await call(app.url, 'POST', '/api/transactions', payment(20));
  assert.equal(repeated.status, 503, JSON.stringify(repeated.body));
  for (const path of ['', '/explanation', '/events'])
    for (const answer of [repeated, await call(app.url, 'GET', `/api/transactions/pay_20${path}`)]) {
      assert.notEqual(answer.status, 500, path);
      assert.doesNotMatch(JSON.stringify(answer.body), /\.journal|assay-damage/, 'no path');
    }
  assert.match((await call(app.url, 'GET', '/metrics')).body, /assay_journal_damaged_records 1\n/);

  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws?since=0`);
  const seen = new Set<string>();
  let missed = 0;
  await new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error(`${seen.size} were told`)), 20_000).unref();
    socket.on('message', (text) => {
      const { type, data } = JSON.parse(String(text));
      if (type === 'stats' && data.missed) missed += data.missed;
      if (data.id) seen.add(data.id);
      if (seen.has(`pay_${COUNT}`)) resolve();
    });
  });
  socket.terminate();
  assert.ok(missed >= 1);
  assert.deepEqual([seen.size, seen.has('pay_20')], [COUNT, false]);

  const quiet = { dataDir, json: true };
  await assert.rejects(runRepair(quiet), /in use|holds|open/i, 'not while a server has it');
  assert.equal(await runVerify(quiet), 1);
  await app.stop({ keep: true });
  assert.equal(await runRepair(quiet), 0);
  assert.equal(await runVerify(quiet), 0);
  assert.ok(readFileSync(join(journal, first)).equals(bytes), 'bit for bit');
  app = await start();
  const again = await call(app.url, 'POST', '/api/transactions', payment(20));
  assert.deepEqual([again.headers.get('idempotent-replayed'), again.body.id], ['true', 'pay_20']);
});

test('whatever byte of a closed journal is flipped, verify tells it and repair gives it back', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'assay-damage-copy-'));
  await app.stop({ keep: true });
  try {
    cpSync(journal, copy, { recursive: true });
    const names = segments();
    for (const name of names) {
      const bytes = readFileSync(join(journal, name));
      const isLast = name === names.at(-1);
      let end = bytes.length;
      while (isLast && bytes[end - 1] === 0) end--;
      const places = [4096, 4099, 4104, 4112, 4140, 5000, Math.floor((4096 + end) / 2), end - (isLast ? 9 : 45)];
      if (!isLast) places.push(bytes.length - 40, bytes.length - 5);
      for (const offset of places) {
        flip(name, offset);
        const told = await repairJournal(journal, { dry: true });
        assert.equal(told.found.length, 1, `${name} ${offset}: ${JSON.stringify(told.found)}`);
        const done = await repairJournal(journal);
        assert.notEqual(done.found[0].mended, null, `${name} ${offset}`);
        assert.ok(readFileSync(join(journal, name)).equals(bytes), `${name} ${offset}`);
        rmSync(join(journal, `${name}.damaged`));
      }
    }
    // More than one byte: only a copy has it.
    const [name] = names;
    const bytes = readFileSync(join(journal, name));
    for (const offset of [5_000, 5_001, 5_300, 9_000]) flip(name, offset);
    assert.ok((await repairJournal(journal)).found.some(({ mended }) => mended === null));
    assert.ok((await repairJournal(journal, { copy })).found.every(({ mended }) => mended !== null));
    assert.ok(readFileSync(join(journal, name)).equals(bytes));
    const unlock = await lockDirectory(journal);
    await unlock();
  } finally {
    rmSync(copy, { recursive: true, force: true });
    app = await start();
  }
  assert.equal((await call(app.url, 'GET', '/api/transactions/pay_3/explanation')).status, 200);
});

test('a destroyed database stops no decision, says what to do, and is made again by one command', async () => {
  await app.stop({ keep: true });
  rmSync(join(dataDir, 'postgres', 'data', 'global', 'pg_control'));
  app = await start();
  assert.equal((await call(app.url, 'POST', '/api/transactions', payment(COUNT + 1))).status, 201);
  const { body } = await call(app.url, 'GET', '/health');
  assert.deepEqual([body.status, body.database], ['degraded', 'unavailable']);
  assert.match(body.reasons.database, /assay database rebuild/);
  assert.doesNotMatch(JSON.stringify(body), /pg_control|assay-damage/, 'no path');
  await assert.rejects(rebuildDatabase(dataDir), /is open in this very process/);
  await app.stop({ keep: true });
  await rebuildDatabase(dataDir);
  app = await start();
  const health = async () => (await call(app.url, 'GET', '/health')).body;
  for (const until = Date.now() + 60_000; (await health()).status !== 'healthy'; await sleep(200))
    assert.ok(Date.now() < until, JSON.stringify(await health()));
  for (const i of [0, COUNT + 1]) assert.equal((await call(app.url, 'GET', `/api/transactions/pay_${i}`)).status, 200);
});
