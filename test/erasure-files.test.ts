import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runRestore } from '../src/cli/restore-run.ts';
import { call, startApp, type TestApp } from './support/app.ts';

/** Nothing else holds these. */
const MARKS = {
  name: 'Adalovinia Markertest',
  email: 'Adalovinia.Marker@erase-me.example',
  ip: '203.0.113.177',
  phone: '+49-555-019-8877',
  street: 'Unmistakable Street 4711',
  note: 'she told me her secret word xylophonic',
  comment: 'the customer xylocarpic called twice',
  reason: 'released for xylographic reasons',
  override: 'xyloid said that it was them',
  why: 'asked for by xylem letter',
};
const SEARCHED = [...Object.values(MARKS), 'adalovinia.marker', 'erase-me.example', 'cb0071b1'];

function* filesUnder(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) yield* filesUnder(path);
    else if (stat?.isFile()) yield path;
  }
}

/** Which of the texts stand in which files, whatever their case. */
function found(folder: string, texts: string[]): string[] {
  const hits: string[] = [];
  for (const file of filesUnder(folder)) {
    const bytes = readFileSync(file).toString('latin1').toLowerCase();
    for (const text of texts) if (bytes.includes(text.toLowerCase())) hits.push(`${file}: ${text}`);
  }
  return hits;
}

async function vectors(app: TestApp): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { type, key, vector } of app.services.journal.read(1))
    if (type === 'decision') all.push([key, vector && [...vector]]);
  return all;
}

async function erased(app: TestApp, id: string) {
  for (;;) {
    const { body } = await call(app.url, 'GET', `/api/erasures/${id}`);
    if (body.status === 'done') return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('of a user with payments, cases, labels and notes nothing that says who they are is found in any file', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'assay-mirror-'));
  const mirror = join(root, 'mirror');
  mkdirSync(mirror);
  // Of format 1, in which texts stand as they are: bytes of format 2 are packed, and a search would find nothing in any case.
  const mirrored = { JOURNAL_MIRROR: mirror, JOURNAL_MIRROR_EVERY: '50ms', JOURNAL_FORMAT: '1' };
  let app = await startApp(mirrored);
  t.after(async () => {
    await app.stop();
    rmSync(root, { recursive: true, force: true });
  });
  const ask = (method: string, path: string, body?: unknown) => call(app.url, method, path, body);
  await ask('POST', '/api/users', { id: 'u_marked', name: MARKS.name, email: MARKS.email });
  await ask('POST', '/api/users', { id: 'u_other', name: 'Someone Else', email: 'someone@other.example' });
  for (let i = 0; i < 12; i++)
    for (const [user, personal] of [
      [
        'u_marked',
        { ip: MARKS.ip, email: MARKS.email, customerLocation: MARKS.street, metadata: { phone: MARKS.phone } },
      ],
      ['u_other', { ip: '198.51.100.9', email: 'someone@other.example', customerLocation: 'Elsewhere 1' }],
    ] as const) {
      const body = {
        id: `${user}.${i}`,
        userId: user,
        amount: 9_000 + i,
        deviceId: `d_${user}`,
        cardId: `c_${user}_${i}`,
        ...personal,
      };
      assert.equal((await ask('POST', '/api/transactions', body)).status, 201);
    }
  const { body: cases } = await ask('GET', '/api/cases');
  let commented = 0;
  for (const { id } of cases.data) {
    const { body: whole } = await ask('GET', `/api/cases/${id}`);
    if (!whole.transactions.some(({ userId }: { userId: string }) => userId === 'u_marked')) continue;
    await ask('POST', `/api/cases/${id}/comments`, { text: MARKS.comment });
    commented++;
  }
  assert.ok(commented > 0, 'some of them are held');
  const label = { label: 'fraud', source: 'analyst', note: MARKS.note };
  assert.equal((await ask('POST', '/api/transactions/u_marked.3/labels', label)).status, 201);
  const hold = { name: 'Held', when: 'tx.metadata.hold == "yes"', outcome: 'review', priority: 9, mode: 'live' };
  assert.equal((await ask('POST', '/api/rules', hold)).status, 201);
  const held = {
    ...{ id: 'u_marked.held', userId: 'u_marked', amount: 9 },
    metadata: { hold: 'yes', phone: MARKS.phone },
  };
  assert.equal((await ask('POST', '/api/transactions', held)).body.decision, 'review');
  const released = await ask('POST', '/api/transactions/u_marked.held/review', {
    action: 'release',
    reason: MARKS.reason,
  });
  assert.equal(released.status, 200);
  const override = { tempId: 'u_marked.11', override: true, reason: MARKS.override };
  const declined = await ask('POST', '/api/transactions/finalize', override);
  assert.deepEqual([declined.status, declined.body.overridden], [200, true]);
  const stats = (await ask('GET', '/api/transactions/stats?window=24h')).body;
  const known = await vectors(app);

  for (const [body, status] of [
    [{ reason: 'x' }, 422],
    [{ userId: 'a', email: 'b@c.de', reason: 'x' }, 422],
    [{ userId: 'a' }, 422],
    [{ userId: 'nobody at all', reason: 'x' }, 202],
  ] as const)
    assert.equal((await ask('POST', '/api/erasures', body)).status, status, JSON.stringify(body));
  assert.equal((await ask('GET', '/api/erasures/er_none')).status, 404);

  for (;;) {
    const { body } = await call(app.url, 'GET', '/health');
    if (body.mirror.lagRecords === 0 && body.mirror.state === 'ok' && found(mirror, [MARKS.note]).length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match((await ask('GET', '/metrics')).body, /^assay_journal_mirror_lag_records 0$/m);
  const asked = await ask('POST', '/api/erasures', { userId: 'u_marked', reason: MARKS.why });
  assert.equal(asked.status, 202);
  const done = await erased(app, asked.body.id);
  assert.ok(done.records >= 16 && done.finishedAt && done.remains.length > 0, JSON.stringify(done));

  const { body: read } = await ask('GET', '/api/transactions/u_marked.3');
  for (const field of ['ip', 'email', 'customerLocation', 'metadata']) assert.equal(read[field], undefined, field);
  assert.deepEqual([read.userId, read.amount, read.effective.label], ['u_marked', 9_003, 'fraud']);
  assert.equal((await ask('GET', '/api/users/u_marked')).status, 404);
  assert.equal((await ask('GET', '/api/users/u_other')).body.name, 'Someone Else');
  assert.equal((await ask('GET', '/api/transactions/u_other.3')).body.ip, '198.51.100.9');
  const again = (await ask('GET', '/api/transactions/stats?window=24h')).body;
  for (const name of ['count', 'decisions', 'labels', 'amountBase', 'scoreHistogram'])
    assert.deepEqual(again[name], stats[name], name);
  assert.deepEqual(await vectors(app), known);
  assert.deepEqual(found(mirror, SEARCHED), [], 'when it is done, the mirror has none of it either');
  const told = JSON.stringify((await ask('GET', '/api/audit?limit=200')).body);
  for (const mark of SEARCHED) assert.ok(!told.toLowerCase().includes(mark.toLowerCase()), mark);
  assert.match(told, /"erasure"/);
  const search = await ask('GET', `/api/search?q=${encodeURIComponent(MARKS.ip)}`);
  assert.ok(!JSON.stringify(search.body).includes(MARKS.street));

  await app.stop({ keep: true });
  const { dataDir } = app;
  assert.deepEqual(found(dataDir, SEARCHED), []);
  assert.ok(found(dataDir, ['u_other']).length > 0, 'files can be searched');
  rmSync(dataDir, { recursive: true });
  const restored = join(root, 'restored');
  assert.equal(await runRestore({ from: mirror, dataDir: restored, json: true }), 0);
  app = await startApp({ ...mirrored, ASSAY_DATA_DIR: restored, JOURNAL_FORMAT: '2' });
  assert.deepEqual(await vectors(app), known);
  assert.equal((await ask('POST', '/api/transactions', { id: 'after', userId: 'u_other', amount: 5 })).status, 201);
  const later = (await call(app.url, 'GET', '/api/transactions/stats?window=24h')).body;
  assert.equal(later.count, stats.count + 1);
  assert.equal((await call(app.url, 'GET', '/api/transactions/u_marked.3')).body.ip, undefined);
  assert.equal((await call(app.url, 'GET', `/api/erasures/${asked.body.id}`)).body.status, 'done');

  // Of format 2 the records are unpacked to be searched.
  const records = async () => {
    let all = '';
    for await (const { data, personal } of app.services.journal.read(1)) all += JSON.stringify({ data, personal });
    return SEARCHED.filter((mark) => all.toLowerCase().includes(mark.toLowerCase()));
  };
  assert.deepEqual(await records(), []);
  const { ip, email, street: customerLocation, phone, note } = MARKS;
  const body = { id: 'second', userId: 'u_second', amount: 9_000, ip, email, customerLocation, metadata: { phone } };
  assert.equal((await ask('POST', '/api/transactions', body)).status, 201);
  const said = { label: 'fraud', source: 'analyst', note };
  assert.equal((await ask('POST', '/api/transactions/second/labels', said)).status, 201);
  assert.deepEqual(
    (await records()).sort(),
    [ip, email, customerLocation, phone, note, 'adalovinia.marker', 'erase-me.example'].sort(),
  );
  const second = await ask('POST', '/api/erasures', { userId: 'u_second', reason: 'asked' });
  assert.ok((await erased(app, second.body.id)).records >= 2);
  assert.deepEqual(await records(), []);
});
