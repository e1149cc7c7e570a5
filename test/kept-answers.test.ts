import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDiskAnswers } from '../src/adapters/embedded/answers.ts';
import { createKeptAnswers, opened, sealed } from '../src/api/kept-answers.ts';
import type { AnswerStore } from '../src/domain/answer-store.ts';
import { sha256 } from '../src/intake/canonical.ts';
import { call, startApp } from './support/app.ts';

const DAY_MS = 86_400_000;
const KEY = 'bootstrap-secret';
const answer = (body: string) => ({ status: 201, headers: { 'content-type': 'application/json' }, body });
const nameOf = (key: string) => sha256(`POST /score\n${key}`);
const hashOf = (body: string) => sha256(body).slice(0, 32);

function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-answers-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What stands in the files of a folder. */
const textOf = (directory: string) =>
  readdirSync(directory)
    .map((file) => readFileSync(join(directory, file), 'latin1'))
    .join('');

test('a server that starts again tells the same answers, and its files hold none of their secrets', async () => {
  const env = { API_KEY: KEY, WEBHOOK_PRIVATE_ADDRESSES: 'on' };
  const sendings: [path: string, body: object, other: object][] = [
    ['/api/keys', { name: 'one', scopes: ['read'] }, { name: 'two', scopes: ['read'] }],
    ['/api/webhooks', { url: 'http://127.0.0.1:9/' }, { url: 'http://127.0.0.1:10/' }],
    ['/score', { userId: 'u', amount: 3 }, { userId: 'u', amount: 4 }],
    ['/score/batch', { transactions: [{ userId: 'u', amount: 3 }] }, { transactions: [{ userId: 'u', amount: 4 }] }],
    ['/api/transactions', { userId: 'u', amount: 3 }, { userId: 'u', amount: 4 }],
    ['/api/users', { name: 'Ida', email: 'ida@example.com' }, { name: 'Eva', email: 'ida@example.com' }],
  ];
  const ask = (url: string, path: string, body: object) =>
    call(url, 'POST', path, body, { 'x-api-key': KEY, 'idempotency-key': 'the same' });
  const before = await startApp(env);
  const first = [];
  for (const [path, body] of sendings) first.push(await ask(before.url, path, body));
  const session = await ask(before.url, '/api/session', { key: KEY });
  assert.equal(session.status, 200);
  await before.stop({ keep: true });

  const written = textOf(join(before.dataDir, 'answers'));
  assert.ok(written.length > 500);
  for (const { body } of first) if (body.secret) assert.ok(!written.includes(body.secret.slice(4, 20)));
  assert.ok(!written.includes('the same') && !written.includes(Buffer.from('secret').toString('base64').slice(0, 7)));

  const after = await startApp({ ...env, ASSAY_DATA_DIR: before.dataDir });
  try {
    for (const [i, [path, body, other]] of sendings.entries()) {
      const again = await ask(after.url, path, body);
      assert.deepEqual([again.status, again.body], [first[i].status, first[i].body], path);
      assert.equal(again.headers.get('idempotent-replayed'), 'true', path);
      const refused = await ask(after.url, path, other);
      assert.deepEqual([refused.status, refused.body.code], [409, 'idempotency_conflict'], path);
    }
    const { data } = (await call(after.url, 'GET', '/api/keys', undefined, { 'x-api-key': KEY })).body;
    assert.equal(data.filter(({ name }: { name: string }) => name === 'one').length, 1);
    const anew = await ask(after.url, '/api/session', { key: KEY });
    assert.equal(anew.headers.get('idempotent-replayed'), null, 'a session ended with the process');
  } finally {
    await after.stop();
  }
});

test('answers on disk: many at once, a torn line, a day, other days’ files', async (t) => {
  const directory = directoryOf(t);
  let now = Date.UTC(2026, 4, 1, 23, 59, 0);
  let store = await openDiskAnswers(directory, () => now);
  const bytes = (i: number) => Buffer.from(`${'x'.repeat(i * 37)}${i}`);
  const names = Array.from({ length: 300 }, (_, i) => nameOf(String(i)));
  await Promise.all(
    names.map(async (name, i) => {
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, i / 50));
      await store.keep(name, hashOf(String(i)), bytes(i));
    }),
  );
  now += 120_000;
  await store.keep(nameOf('after midnight'), hashOf('x'), bytes(7));
  await store.close();
  const files = readdirSync(directory).sort();
  assert.deepEqual(files, ['2026-05-01.answers', '2026-05-02.answers']);
  appendFileSync(join(directory, files[1]), `${nameOf('torn')} ${hashOf('x')} ${now} AAAA`);

  store = await openDiskAnswers(directory, () => now);
  assert.equal(await store.claim(nameOf('torn'), hashOf('x')), undefined);
  await store.keep(nameOf('after the torn one'), hashOf('x'), bytes(8));
  for (const [i, name] of names.entries())
    assert.deepEqual(await store.claim(name, 'any'), { bodyHash: hashOf(String(i)), sealed: bytes(i) });
  await store.close();
  truncateSync(join(directory, files[0]), 0);

  now += DAY_MS - 121_000;
  store = await openDiskAnswers(directory, () => now);
  assert.equal(await store.claim(names[3], 'any'), undefined);
  assert.ok(await store.claim(nameOf('after midnight'), 'any'));
  assert.ok(await store.claim(nameOf('after the torn one'), 'any'));
  now += 121_000;
  assert.equal(await store.claim(nameOf('after midnight'), 'any'), undefined, 'a day later it is new');
  await store.close();
  now += 3 * DAY_MS;
  store = await openDiskAnswers(directory, () => now);
  await store.keep(nameOf('later'), hashOf('x'), bytes(1));
  assert.deepEqual(readdirSync(directory), ['2026-05-06.answers'], 'what nobody is told any more is gone');
  await store.close();
});

test('beyond the bound the oldest go', async (t) => {
  const store = await openDiskAnswers(directoryOf(t), () => 0, 2);
  for (const key of ['a', 'b', 'c']) await store.keep(nameOf(key), hashOf('x'), Buffer.from(key));
  assert.equal(await store.claim(nameOf('a'), 'any'), undefined);
  assert.ok((await store.claim(nameOf('b'), 'any')) && (await store.claim(nameOf('c'), 'any')));
  await store.close();
});

test('two processes with one store: the first answers, the other waits and tells it; a failure frees the name', async () => {
  const held = new Map<string, { bodyHash: string; sealed?: Buffer }>();
  const store: AnswerStore = {
    async claim(name, bodyHash) {
      const known = held.get(name);
      if (!known) held.set(name, { bodyHash });
      return known;
    },
    keep: async (name, bodyHash, bytes) => void held.set(name, { bodyHash, sealed: bytes }),
    release: async (name) => void held.delete(name),
    close: async () => {},
  };
  const [one, two] = [0, 1].map(() => createKeptAnswers(store, (error) => assert.fail(String(error))));
  assert.equal(await one.begin('n', 'h', 'k'), undefined);
  const waiting = two.begin('n', 'h', 'k');
  assert.equal((await two.begin('m', 'h', 'k')) ?? 'first', 'first', 'another name does not wait');
  assert.equal((await two.begin('m', 'other', 'k'))?.bodyHash, 'h', 'under way here');
  await one.settle('n', answer('1'));
  assert.deepEqual(await (await waiting)?.answer, answer('1'));
  await two.settle('m', undefined);
  assert.equal(await one.begin('m', 'other', 'k'), undefined, 'a failure is no answer');
  assert.equal((await two.begin('m', 'h', 'k'))?.bodyHash, 'other', 'another body is not waited for');
});

test('what is sealed is read with the same Idempotency-Key alone', () => {
  const bytes = sealed(answer('whsec_1'), 'n', 'k');
  assert.deepEqual(opened(bytes, 'n', 'k'), answer('whsec_1'));
  assert.throws(() => opened(bytes, 'n', 'K'));
  assert.throws(() => opened(bytes, 'm', 'k'));
  bytes[30] ^= 1;
  assert.throws(() => opened(bytes, 'n', 'k'));
});
