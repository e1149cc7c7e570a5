import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { startApp, type TestApp } from './support/app.ts';
import { faulty } from './support/faulty.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'assay-client-'));
/** By hand as many as one likes. */
const COUNT = Number(process.env.ASSAY_CLIENT_PAYMENTS ?? 150);
let app: TestApp;
// biome-ignore lint/suspicious/noExplicitAny: the artefact has its own types, which the strict program below is held to.
let library: any;

before(async () => {
  app = await startApp({ API_KEY: 'secret-of-the-client' });
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  npm(join(root, 'packages', 'client'), 'pack', '--pack-destination', folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  npm(folder, 'install', '--offline', '--no-audit', '--no-fund', join(folder, 'assay-client-0.1.0.tgz'));
  library = await import(pathToFileURL(join(folder, 'node_modules/@assay/client/dist/index.js')).href);
});
after(async () => {
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the package depends on nothing, is small, and its types hold a strict program to the document', () => {
  assert.deepEqual(
    readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['@assay'],
  );
  const dist = join(folder, 'node_modules/@assay/client/dist');
  const code = readdirSync(dist)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(dist, name)));
  const bytes = gzipSync(Buffer.concat(code)).length;
  assert.ok(bytes > 500 && bytes < 15_000, `${bytes} bytes`);
  const program = `import { createClient } from '@assay/client';
const assay = createClient({ url: 'http://x' });
const { decision } = await assay.call('POST /api/transactions', { body: { userId: 'u', amount: 1 } });
const known: 'approve' | 'review' | 'decline' | undefined = decision;
for await (const { id } of assay.all('GET /api/transactions', { query: { limit: 3 } })) id.trim();
await assay.call('GET /api/transactions/{id}', { path: { id: 'a' } });
// @ts-expect-error needs a userId
await assay.call('POST /api/transactions', { body: { amount: 1 } });
// @ts-expect-error needs its path
await assay.call('GET /api/transactions/{id}');
// @ts-expect-error no such route
await assay.call('GET /api/nothing');
export { known };
`;
  writeFileSync(join(folder, 'program.ts'), program);
  const flags = [
    '--strict',
    '--noEmit',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,dom',
    '--types',
    '',
  ];
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  try {
    execFileSync(tsc, [...flags, 'program.ts'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    assert.fail((error as { stdout: string }).stdout);
  }
});

test(`${COUNT} payments under 503, resets and timeouts are each decided once`, async () => {
  const { server, url } = await faulty(app.url);
  try {
    const assay = library.createClient({ url, key: 'secret-of-the-client', timeoutMs: 1_000, retries: 30 });
    const ids: string[] = [];
    let next = 0;
    const lane = async () => {
      while (next < COUNT) {
        const i = next++;
        const { id } = await assay.call('POST /api/transactions', { body: { userId: `u${i % 50}`, amount: i + 1 } });
        ids.push(id);
      }
    };
    await Promise.all(Array.from({ length: 64 }, lane));
    const straight = library.createClient({ url: app.url, key: 'secret-of-the-client' });
    const kept: { id: string; amount: number }[] = [];
    for await (const one of straight.all('GET /api/transactions', { query: { limit: 200 } })) kept.push(one);
    assert.deepEqual(
      kept.map(({ amount }) => amount).sort((a, b) => a - b),
      Array.from({ length: COUNT }, (_, i) => i + 1),
    );
    assert.deepEqual(kept.map(({ id }) => id).sort(), ids.sort());
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('what is refused is a typed error, and the feed goes on from an event', async () => {
  const assay = library.createClient({ url: app.url, key: 'secret-of-the-client' });
  const refused = await assay
    .call('POST /api/transactions', { body: { userId: 'u' } })
    .catch((error: unknown) => error);
  assert.ok(refused instanceof library.AssayError);
  assert.equal(refused.status, 422);
  assert.equal(refused.errors[0].path, '/amount');
  const away = library.createClient({ url: 'http://127.0.0.1:1', retries: 0 });
  await assert.rejects(away.call('GET /health'), { name: 'AssayUnreachable' });
  const seen: number[] = [];
  for await (const { seq } of assay.feed({ since: 0 })) if (seen.push(seq) === 3) break;
  const on: number[] = [];
  for await (const { seq } of assay.feed({ since: seen[1] })) if (on.push(seq) === 1) break;
  assert.deepEqual(on, [seen[2]]);
});

test('the page of a proxy is no answer, a path of the address is kept, and a pause may be a date but not days', async () => {
  const seen: string[] = [];
  let after = '';
  const server = createServer((request, response) => {
    seen.push(request.url!);
    if (request.url!.includes('/alerts')) response.setHeader('content-type', 'text/html').end('<html>login</html>');
    else if (after !== '') response.writeHead(503, { 'retry-after': after }).end('{}');
    else response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { createClient, AssayUnreachable, AssayError } = library;
    const { port } = server.address() as AddressInfo;
    const client = createClient({ url: `http://127.0.0.1:${port}/behind/`, retries: 1 });
    await assert.rejects(client.call('GET /api/transactions/alerts'), AssayUnreachable);
    await client.call('GET /health');
    assert.ok(
      seen.every((path) => path.startsWith('/behind/')),
      seen.join(),
    );
    seen.length = 0;
    after = '3000000';
    await assert.rejects(client.call('GET /health'), AssayError);
    assert.equal(seen.length, 1, 'sent again though a month was asked for');
    after = new Date(Date.now() + 3_600_000).toUTCString();
    await assert.rejects(
      client.call('GET /health'),
      (error: { retryAfterSeconds?: number }) => error.retryAfterSeconds! > 3_000,
    );
    assert.equal(seen.length, 2);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a webhook is believed when its signature fits and its time is near', async () => {
  const secret = `whsec_${Buffer.from('a secret of many bytes, made up').toString('base64')}`;
  const at = new Date();
  const body = '{"seq":1}';
  const headers = (when = at) => ({
    'webhook-id': 'm',
    'webhook-timestamp': String(Math.floor(when.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('m', when, body),
  });
  assert.deepEqual(await library.verifyWebhook({ body, headers: headers(), secret }), { seq: 1 });
  assert.deepEqual(await library.verifyWebhook({ body, headers: new Headers(headers()), secret }), { seq: 1 });
  await assert.rejects(library.verifyWebhook({ body: '{"seq":2}', headers: headers(), secret }), /does not fit/);
  await assert.rejects(library.verifyWebhook({ body, headers: headers(new Date(0)), secret }), /too old/);
  await assert.rejects(library.verifyWebhook({ body, headers: {}, secret }), /no webhook-id/);
});
