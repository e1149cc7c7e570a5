/**
 * The mirror in a bucket of a real server: one that ASSAY_TEST_S3 names (with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or Versity's
 * gateway or Moto's server where one is on the path.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AwsClient } from 'aws4fetch';
import { startProcess } from '../../scripts/services/process.ts';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { type BucketOptions, openMirrorBucket } from '../../src/adapters/mirror/bucket.ts';
import { nodeFiles } from '../../src/journal/local/files.ts';
import { all, entry, fill, temporary } from '../../src/journal/local/test-support.ts';
import { restoreMirror, verifyMirror } from '../../src/journal/mirror/restore.ts';
import { journalIn, mirrorOf, recordsOf, snapshot } from '../../src/journal/mirror/test-support.ts';

const SECRETS = { accessKeyId: 'assay-test', secretAccessKey: 'assay-test-secret', sessionToken: undefined };

async function findServer(): Promise<(Omit<BucketOptions, 'bucket' | 'prefix'> & { name: string }) | undefined> {
  const { ASSAY_TEST_S3: given, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  if (given) {
    const secrets = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: undefined };
    return { name: given, endpoint: given, region: 'us-east-1', ...secrets };
  }
  const has = (name: string) => spawnSync(name, ['--help'], { stdio: 'ignore' }).status === 0;
  const name = ['versitygw', 'moto_server'].find(has);
  if (name === undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'assay-s3-'));
  const root = join(directory, 'root');
  mkdirSync(root);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    name: 'The S3 server',
    path: name,
    args:
      name === 'versitygw' ? ['--port', `127.0.0.1:${port}`, 'posix', root] : ['-H', '127.0.0.1', '-p', String(port)],
    env: { ...process.env, ROOT_ACCESS_KEY: SECRETS.accessKeyId, ROOT_SECRET_KEY: SECRETS.secretAccessKey },
    output: join(directory, 'output'),
    answers: () =>
      fetch(endpoint).then(
        () => true,
        () => false,
      ),
    readyMs: 60_000,
    pollMs: 100,
  });
  after(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return { name, endpoint, region: 'us-east-1', ...SECRETS };
}

const server = await findServer();
const skip = server === undefined && 'no S3 server: neither ASSAY_TEST_S3 nor versitygw nor moto_server on the path';
let count = 0;

async function newBucket(): Promise<BucketOptions> {
  const to = { ...server!, bucket: `assay-${Date.now()}-${++count}`, prefix: 'prod/eu' };
  const { accessKeyId, secretAccessKey, region, endpoint } = to;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  const made = await client.fetch(`${endpoint}/${to.bucket}`, { method: 'PUT' });
  assert.ok(made.ok, await made.text());
  return to;
}

test('a server is restored from a bucket, record by record', { skip }, async (t) => {
  const to = await newBucket();
  const here = await journalIn(t);
  const mirror = mirrorOf(t, here, () => openMirrorBucket(to, { write: true }));
  await fill(here.journal, 1, 150);
  snapshot(here.dataDir, 120);
  await mirror.pass();
  for (let i = 151; i <= 165; i++) {
    await fill(here.journal, i, i);
    await mirror.pass();
  }
  const store = await openMirrorBucket(to, { write: false });
  const { damaged, objects, through } = await verifyMirror(store);
  assert.deepEqual([damaged, through], [[], 165]);
  assert.equal((await store.list()).length, objects + 1, 'what was joined is gone, and the catalogue stays');
  const there = join(temporary(t), 'there');
  const done = await restoreMirror(store, there, nodeFiles);
  assert.deepEqual([done.through, done.snapshots, done.missing, done.found], [165, [120], [], []]);
  assert.deepEqual(await recordsOf(there), await all(here.journal));

  const [victim] = (await store.list()).filter((name) => name.startsWith('journal/'));
  const bytes = (await store.get(victim))!;
  bytes[5_000] ^= 1;
  await store.put(victim, bytes);
  assert.equal((await verifyMirror(store)).damaged.length, 1);
  assert.equal((await mirror.check()).mended.length, 1);
  assert.deepEqual((await verifyMirror(store)).damaged, []);

  await here.journal.overwrite!(7, ({ data }) => ({ data }));
  await mirror.refresh();
  for (const name of await store.list())
    assert.ok(!(await store.get(name))!.includes(entry(7).personal!.email as string), name);
});

test('the one who took a bucket first loses it to the other, and writes there no more', { skip }, async (t) => {
  const to = await newBucket();
  const here = await journalIn(t);
  await fill(here.journal, 1, 40);
  const first = mirrorOf(t, here, () => openMirrorBucket(to, { write: true }));
  await first.pass();
  const copied = temporary(t);
  cpSync(here.dataDir, copied, { recursive: true });
  const twin = await journalIn(t, copied);
  const second = mirrorOf(t, twin, () => openMirrorBucket(to, { write: true }));
  await fill(twin.journal, 41, 60);
  await second.pass();
  for (let i = 41; i <= 70; i++) await here.journal.enqueue(entry(i, { at: 9_000 + i })).durable;
  await assert.rejects(first.pass());
  assert.match(first.stats().problem!, /taken over by another server/);
  await second.pass();
  const there = join(temporary(t), 'there');
  await restoreMirror(await openMirrorBucket(to, { write: false }), there, nodeFiles);
  assert.deepEqual(await recordsOf(there), await all(twin.journal));
});

test('more objects than one answer lists, a bucket that is not there, and a wrong secret', { skip }, async () => {
  const to = await newBucket();
  const store = await openMirrorBucket(to, { write: true });
  const names = Array.from({ length: 1_003 }, (_, i) => `journal/${String(i).padStart(4, '0')}`);
  for (let at = 0; at < names.length; at += 50)
    await Promise.all(names.slice(at, at + 50).map((name) => store.put(name, Buffer.from('x'))));
  assert.deepEqual((await store.list()).sort(), names);
  const other = await openMirrorBucket({ ...to, prefix: 'prod' }, { write: false });
  assert.equal(await other.get('nothing'), undefined);
  const none = await openMirrorBucket({ ...to, bucket: `${to.bucket}-none` }, { write: false });
  await assert.rejects(none.readHead(), /there is no such bucket|NoSuchBucket/);
  // Moto looks at no signature.
  if (server!.name !== 'moto_server')
    await assert.rejects(openMirrorBucket({ ...to, secretAccessKey: 'wrong' }, { write: true }), /is answered 403/);
});
