import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../../test/support/app.ts';

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5_000))})`;

describe('the built dashboard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-dashboard-'));
  let app: TestApp;
  let now = 1_800_000_000_000;
  function build(script: string): void {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'assets', `${script}.js`), SCRIPT);
    writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(join(folder, 'index.html'), `<script type="module" src="/assets/${script}.js"></script>`);
    utimesSync(join(folder, 'index.html'), now / 1000, now / 1000);
  }
  const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
    app.server.inject({ method, url, headers: { host: 'localhost', ...headers } });
  const html = { accept: 'text/html,application/xhtml+xml' };

  before(async () => {
    app = await startApp({ ASSAY_DASHBOARD_DIR: folder }, { clock: () => now });
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('until it is there, the plain page is', async () => {
    const page = await get('/');
    assert.equal(page.statusCode, 200);
    assert.match(page.payload, /home\.js/);
    assert.equal((await get('/feed', html)).statusCode, 404);
  });

  test('once built it is served at / and at the paths of its router, under a strict policy', async () => {
    now += 2_000;
    build('one-abc123');
    for (const [path, headers] of [
      ['/', {}],
      ['/feed', html],
      ['/queue?status=open', html],
      ['/decisions/a%2Fb', html],
      ['/entities/ip/10.0.0.1', html],
    ] as const) {
      const page = await get(path, headers);
      assert.equal(page.statusCode, 200, path);
      assert.match(page.payload, /one-abc123/);
      assert.match(String(page.headers['content-type']), /^text\/html/);
      const policy = String(page.headers['content-security-policy']);
      assert.match(policy, /script-src 'self';/);
      assert.ok(!policy.includes('unsafe'));
      assert.equal(page.headers['cache-control'], 'no-cache');
    }
    const { etag } = (await get('/')).headers;
    assert.equal((await get('/', { 'if-none-match': String(etag) })).statusCode, 304);
  });

  test('never in place of the API, nor for what is no page', async () => {
    for (const path of ['/api/nothing', '/api', '/v1/nothing', '/assets/gone.js', '/ws/x', '/docs/nothing/x'])
      assert.equal((await get(path, html)).statusCode, 404, path);
    assert.equal((await get('/feed', { accept: '*/*' })).statusCode, 404);
    assert.equal((await get('/feed', html, 'POST')).statusCode, 404);
    assert.equal((await get('/health', html)).headers['content-type'], 'application/json; charset=utf-8');
    for (const path of ['/../package.json', '/assets/../../config.ts', '/assets/%2e%2e/%2e%2e/package.json'])
      assert.ok(!(await get(path, { accept: '*/*' })).payload.includes('"name"'), path);
    const foreign = await get('/feed', { ...html, host: 'evil.example' });
    assert.equal(foreign.statusCode, 403, 'the guard stands before it');
  });

  test('its files: typed, kept for ever where their name is their content, compressed', async () => {
    const plain = await get('/assets/one-abc123.js');
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(String(plain.headers['content-type']), /^text\/javascript/);
    assert.equal(plain.payload, SCRIPT);
    for (const [accepted, encoding, decode] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ] as const) {
      const packed = await get('/assets/one-abc123.js', { 'accept-encoding': accepted });
      assert.equal(packed.headers['content-encoding'], encoding);
      assert.ok(packed.rawPayload.length < SCRIPT.length / 10);
      assert.equal(decode(packed.rawPayload).toString(), SCRIPT);
    }
    const icon = await get('/icon.svg', { 'accept-encoding': 'br' });
    assert.deepEqual([icon.headers['content-type'], icon.headers['content-encoding']], ['image/svg+xml', undefined]);
    assert.equal(icon.headers['cache-control'], 'no-cache');
    const head = await get('/assets/one-abc123.js', {}, 'HEAD');
    assert.deepEqual([head.statusCode, head.payload], [200, '']);
  });

  test('a build that comes later is taken, and open pages still find the parts of theirs', async () => {
    rmSync(folder, { recursive: true });
    now += 500;
    build('two-def456');
    assert.match((await get('/')).payload, /one-abc123/, 'looked at a moment ago');
    now += 1_000;
    assert.match((await get('/')).payload, /two-def456/);
    assert.equal((await get('/assets/one-abc123.js')).statusCode, 200);
    assert.equal((await get('/assets/two-def456.js')).statusCode, 200);
  });
});
