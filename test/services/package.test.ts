import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { call } from '../support/app.ts';

const root = join(import.meta.dirname, '..', '..');

test('the package installs into an empty folder, without compilers or what is for development, and decides', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-package-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [{ filename, files, size }] = JSON.parse(
    npm(root, 'pack', '--json', '--pack-destination', folder).replace(/^[^[]*/, ''),
  );
  const names = files.map(({ path }: { path: string }) => path);
  assert.deepEqual(
    // What one copies into a project of Convex is its source.
    names.filter((name: string) => /\.ts$|^(test|bench|src|scripts)\//.test(name) && !name.startsWith('convex/')),
    [],
  );
  // What is loaded by its address, not imported.
  for (const name of ['training/gbdt/worker.js', 'adapters/llm/local-process.js', 'kernel/kernel.wasm'])
    assert.ok(names.includes(`lib/${name}`), name);
  assert.ok(size < 4 * 1024 * 1024, `${size} bytes`);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  npm(folder, 'install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, filename));
  const installed = readdirSync(join(folder, 'node_modules'));
  for (const name of ['typescript', 'binaryen', '@biomejs', 'react', 'convex'])
    assert.ok(!installed.includes(name), name);

  const program = join(folder, 'node_modules', 'assay', 'bin', 'assay.js');
  const server = spawn(process.execPath, [program, 'serve', '--data-dir', join(folder, 'data'), '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  });
  let said = '';
  server.stdout.setEncoding('utf8');
  while (!/Assay decides at/.test(said)) said += (await once(server.stdout, 'data'))[0];
  const [, url] = /Assay decides at (\S+)/.exec(said)!;
  const decided = await call(url, 'POST', '/api/transactions', { id: 'p1', userId: 'u', amount: 5 });
  assert.equal(decided.status, 201, JSON.stringify(decided.body));
  assert.match((await call(url, 'GET', '/')).body, /<!doctype html>/i);
  assert.equal((await call(url, 'GET', '/api/transactions/p1')).status, 200);
});
