import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MAPS } from '../training/layouts.ts';
import { download } from './download-run.ts';
import { PUBLIC_FILES } from './public-files.ts';

test('a public file is put in its place whole, or it is said how to get it and nothing is left', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-download-'));
  const answers: Record<string, [status: number, body: string]> = {
    '/file': [200, 'Time,V1,V28,Amount,Class\n0,1,2,3,0\n'],
    '/page': [200, '<html>sign in, please</html>\n'],
    '/gone': [404, 'no'],
  };
  const server = createServer((request, response) => {
    const [status, body] = answers[request.url!];
    response.writeHead(status, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { port } = server.address() as AddressInfo;
  const out = join(folder, 'creditcard.csv');
  const ask = (url: string | undefined) => download('ulb', { ...PUBLIC_FILES.ulb, url }, { out, json: true });
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;

  for (const [url, why] of [
    [at('/page'), /is not that file: it has no column Time/],
    [at('/gone'), /answered 404/],
    ['http://127.0.0.1:1/none', /cannot be reached/],
    [undefined, /only given to those who sign in/],
  ] as const) {
    const done = await ask(url);
    assert.equal(done.state, 'by hand');
    assert.match('why' in done ? done.why : '', why);
    assert.deepEqual(readdirSync(folder), []);
  }
  assert.deepEqual(await ask(at('/file')), { file: out, state: 'downloaded' });
  assert.equal(readFileSync(out, 'utf8'), answers['/file'][1]);
  assert.deepEqual(await ask(at('/gone')), { file: out, state: 'there already' });
  assert.ok(existsSync(out));
});

test('each is of a format that assay train knows, with columns of its layout', () => {
  for (const [name, { format, columns }] of Object.entries(PUBLIC_FILES)) {
    if (format === 'ulb') continue;
    const mapped = Object.values(MAPS[format].columns).flat();
    for (const column of columns) assert.ok(mapped.includes(column), `${name}: ${column}`);
  }
});
