import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a SIGTERM to npm ends the server and its database, though npm does not hand it on', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-npm-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const env = { ...process.env, ASSAY_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn' };
  const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  npm.stdout.setEncoding('utf8');
  for (let said = ''; !/Assay decides at/.test(said); ) said += (await once(npm.stdout, 'data'))[0];
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'control.json'), 'utf8')) as { pid: number };
  const database = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  assert.ok(alive(pid) && alive(database));
  npm.kill('SIGTERM');
  for (let waited = 0; (alive(pid) || alive(database)) && waited < 20_000; waited += 50) await sleep(50);
  assert.ok(!alive(pid) && !alive(database));
  assert.ok(!existsSync(join(dataDir, 'control.json')), 'it ended in order');
});
