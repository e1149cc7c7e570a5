import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalRecord } from '../src/journal/journal.ts';
import { openJournal } from '../src/journal/local/journal.ts';
import { call, startApp } from './support/app.ts';

/** What must be nowhere afterwards. */
const SECRETS = {
  name: 'Wilhelmina Quastenberg',
  email: 'wilhelmina.quastenberg@example.org',
  ip: '198.51.100.177',
  place: 'Oberammerbachtal',
  phone: '+49-170-5550199',
  note: 'Neighbour Xantippe says she moved',
  comment: 'Rang her sister Yolanthe',
  written: 'Lives above the bakery Kringelhuber',
};

function* filesIn(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

/** Which of them stand in which file, in UTF-8 and in any case. */
function traces(directory: string): string[] {
  const found: string[] = [];
  for (const path of filesIn(directory)) {
    const text = readFileSync(path).toString('latin1').toLowerCase();
    for (const [what, secret] of Object.entries(SECRETS))
      if (text.includes(secret.toLowerCase())) found.push(`${what} in ${path.slice(directory.length)}`);
  }
  return found;
}

async function finished(url: string, id: string) {
  for (let i = 0; i < 300; i++) {
    const { body } = await call(url, 'GET', `/api/erasures/${id}`);
    if (body.status === 'done') return body;
    await sleep(100);
  }
  assert.fail('it does not end');
}

test('a user who is erased stands in no file, statistics add up, and a rebuilt database knows no more', async () => {
  const app = await startApp();
  const { url, dataDir } = app;
  const post = async (path: string, body: object, status: number) => {
    const answer = await call(url, 'POST', path, body);
    assert.equal(answer.status, status, `${path} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  try {
    await post('/api/users', { id: 'u_will', name: SECRETS.name, email: SECRETS.email }, 201);
    await post(
      '/api/rules',
      { id: 'hold', name: 'hold', when: 'tx.amount > 500.0', outcome: 'review', mode: 'live' },
      201,
    );
    for (let i = 0; i < 4; i++)
      await post(
        '/api/transactions',
        {
          ...{ id: `w${i}`, userId: 'u_will', amount: 600 + i, email: SECRETS.email, ip: SECRETS.ip },
          ...{ customerLocation: SECRETS.place, metadata: { phone: SECRETS.phone }, latitude: 48 + i, longitude: 11 },
        },
        201,
      );
    await post('/api/transactions', { id: 'other', userId: 'u_o', amount: 20, email: 'o@example.com' }, 201);
    await post('/api/transactions/w0/labels', { label: 'fraud', source: 'analyst', note: SECRETS.note }, 201);
    const [opened] = (await call(url, 'GET', '/api/cases')).body.data;
    await post(`/api/cases/${opened.id}/comments`, { text: SECRETS.comment }, 201);
    await post(`/api/entities/ip/${SECRETS.ip}/notes`, { kind: 'note', text: SECRETS.written }, 201);
    const stats = (await call(url, 'GET', '/api/transactions/stats?window=24h')).body;
    // The database's writer follows a moment later.
    const unseen = () => {
      const found = traces(dataDir);
      return Object.keys(SECRETS).filter((what) => !found.some((one) => one.startsWith(what)));
    };
    for (let i = 0; i < 50 && unseen().length > 0; i++) await sleep(100);
    assert.deepEqual(unseen(), [], 'all of it was written');

    for (const body of [{ reason: 'x' }, { userId: 'a', ip: '198.51.100.1', reason: 'x' }, { userId: 'a' }])
      assert.equal((await call(url, 'POST', '/api/erasures', body)).status, 422);
    const ask = (reason: string) =>
      call(url, 'POST', '/api/erasures', { userId: 'u_will', reason }, { 'idempotency-key': 'once' });
    const asked = await ask(`asked by ${SECRETS.name}`);
    assert.equal(asked.status, 202);
    const state = await finished(url, asked.body.id);
    assert.ok(state.records >= 7 && state.remains.length > 0, JSON.stringify(state));
    assert.equal((await ask('another')).status, 409);
    const repeated = await ask(`asked by ${SECRETS.name}`);
    assert.deepEqual([repeated.status, repeated.body.id], [202, asked.body.id]);

    assert.deepEqual(traces(dataDir), []);
    const after = (await call(url, 'GET', '/api/transactions/stats?window=24h')).body;
    // Without the minute of which it is.
    const figures = ({ from, to, series, labelStates, ...rest }: Record<string, unknown>) => ({
      ...rest,
      labelStates: { ...(labelStates as object), at: undefined },
    });
    assert.ok(Object.keys(figures(stats)).length > 5);
    // All but the names of the addresses that most alerts share.
    const plain = (of: object) =>
      JSON.parse(JSON.stringify(of).replaceAll(SECRETS.ip, '(erased)').replaceAll(SECRETS.email, '(erased)'));
    assert.deepEqual(plain(figures(after)), plain(figures(stats)));
    const { body: shown } = await call(url, 'GET', '/api/transactions/w0');
    assert.deepEqual([shown.userId, shown.amount, shown.email, shown.metadata], ['u_will', 600, undefined, undefined]);
    assert.equal((await call(url, 'GET', '/api/transactions/other')).body.email, 'o@example.com');
    assert.equal((await call(url, 'GET', '/api/users/u_will')).status, 404);
    const audit = (await call(url, 'GET', '/api/audit?type=erasure')).body.data;
    assert.deepEqual([audit.length, audit[0].target, audit[0].detail], [1, asked.body.id, null]);
    // Features of what comes next: of profiles that never saw the erasure, and of those that are made anew from what is left.
    const next = {
      userId: 'u_will',
      amount: 7,
      latitude: 50,
      longitude: 11,
      transactionDate: new Date().toISOString(),
    };
    const { latencyMs: _, createdAt: __, ...scored } = (await call(url, 'POST', '/score', next)).body;
    await app.stop({ keep: true });

    rmSync(join(dataDir, 'postgres'), { recursive: true, force: true });
    rmSync(join(dataDir, 'snapshots'), { recursive: true, force: true });
    const again = await startApp({ ASSAY_DATA_DIR: dataDir });
    try {
      const { body: rebuilt } = await call(again.url, 'GET', '/api/transactions/w0');
      assert.deepEqual([rebuilt.email, rebuilt.metadata, rebuilt.latitude], [undefined, undefined, 48]);
      const { latencyMs: _, createdAt: __, ...anew } = (await call(again.url, 'POST', '/score', next)).body;
      assert.deepEqual([anew.probability, anew.reasons], [scored.probability, scored.reasons]);
      assert.deepEqual(traces(dataDir), []);
    } finally {
      await again.stop({ keep: true });
    }
  } finally {
    await app.stop();
  }
});

test('a record that a crash left half overwritten is whole after the next start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-overwrite-'));
  try {
    const open = () => openJournal({ directory, onFatal: assert.fail });
    let journal = await open();
    const append = (i: number) =>
      journal.enqueue({ type: 'label', at: i, key: `c:${i}`, data: { note: `secret ${i}`, i }, personal: { a: 'b' } });
    for (let i = 1; i <= 3; i++) await append(i).durable;
    const path = join(directory, readdirSync(directory).find((name) => /^\d{16}\.journal$/.test(name))!);
    const before = readFileSync(path);
    const change = ({ data, personal }: JournalRecord) => ({ data: { i: data.i }, personal });
    assert.equal(await journal.overwrite!(2, change), true);
    assert.equal(await journal.overwrite!(2, change), false, 'again');
    await journal.close();
    const after = readFileSync(path);
    assert.ok(!after.includes('secret 2') && after.includes('secret 1') && after.includes('secret 3'));
    // As if power went away in the middle: half of the frame is new, and what it should be is noted.
    const places = [...after.keys()].filter((i) => i < before.length && after[i] !== before[i]);
    const at = after.lastIndexOf(Buffer.from('ff41534a', 'hex'), places.find((place) => place > 4096)! + 4);
    const length = after.readUInt32LE(at + 8);
    const frame = after.subarray(at, at + length).toString('base64');
    const torn = Buffer.from(after);
    before.copy(torn, at + (length >> 1), at + (length >> 1), at + length);
    writeFileSync(path, torn);
    writeFileSync(join(directory, 'erasing'), JSON.stringify({ segment: path.split('/').at(-1), at, frame }));
    journal = await open();
    assert.deepEqual((await journal.get(2))?.data, { i: 2 });
    assert.deepEqual((await journal.get(3))?.data, { note: 'secret 3', i: 3 });
    await journal.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
