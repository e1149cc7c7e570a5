import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../support/app.ts';
import { canMount } from '../support/namespaces.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');
const MIB = 1024 * 1024;

test('a disk that fills up: reads go on, nothing is lost, decisions come back without a restart', {
  skip: canMount() ? false : 'this account may not mount in namespaces of its own',
}, async (t) => {
  const point = mkdtempSync(join(tmpdir(), 'assay-full-'));
  // A disk of its own of 400 MiB, which nobody else sees, filled and emptied from within by what is said to the shell.
  const shell = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c'],
      `mount -t tmpfs -o size=400m none '${point}' && chmod 755 '${point}' && ("${process.execPath}" "${program}" serve --data-dir '${point}/data' --port 0 &) &&
       while read -r line; do case $line in fill) dd if=/dev/zero of='${point}/filler' bs=1M 2>/dev/null; echo filled;; empty) rm -f '${point}/filler'; echo emptied;; esac; done`,
    ],
    {
      env: {
        ...process.env,
        LOG_LEVEL: 'warn',
        RATE_LIMIT_MAX: '0',
        DISK_RESERVE: String(24 * MIB),
        JOURNAL_SEGMENT_BYTES: String(MIB),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  t.after(async () => {
    shell.kill('SIGKILL');
    if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
    rmSync(point, { recursive: true, force: true });
  });
  let said = '';
  shell.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const heard = async (what: RegExp, ms = 60_000) => {
    for (const until = Date.now() + ms; ; await sleep(50)) {
      const found = what.exec(said);
      if (found) return found;
      assert.ok(Date.now() < until, `${what}: ${said}`);
    }
  };
  const [, url] = await heard(/Assay decides at (\S+)/);
  const acknowledged: string[] = [];
  let next = 0;
  const pay = async () => {
    const id = `pay_${next++}`;
    const answer = await call(url, 'POST', '/api/transactions', { id, userId: 'u', amount: 5 });
    if (answer.status === 201) acknowledged.push(id);
    return answer;
  };
  for (let i = 0; i < 50; i++) assert.equal((await pay()).status, 201);
  // The database has them, so that a slow machine does not write them while there is no room.
  assert.equal((await call(url, 'GET', '/api/transactions?limit=5')).status, 200);

  shell.stdin.write('fill\n');
  await heard(/filled/);
  // What is acknowledged before the server has seen it would have no room in the database.
  for (const until = Date.now() + 20_000; (await call(url, 'GET', '/ready')).status === 200; await sleep(50))
    assert.ok(Date.now() < until);
  const refused = await pay();
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10']);
  assert.match(refused.body.detail, /disk is full/);
  assert.match((await call(url, 'GET', '/health')).body.reasons.journal, /disk is full/);
  assert.equal((await call(url, 'GET', '/api/transactions/pay_3')).status, 200, 'reads go on');
  assert.equal((await call(url, 'GET', '/api/transactions?limit=5')).status, 200);

  shell.stdin.write('empty\n');
  await heard(/emptied/);
  let again = await pay();
  for (const until = Date.now() + 20_000; again.status !== 201; again = await pay()) {
    assert.ok(Date.now() < until, JSON.stringify(again.body));
    await sleep(200);
  }
  for (const until = Date.now() + 20_000; ; await sleep(200)) {
    const { body } = await call(url, 'GET', '/api/transactions/stats?window=1h');
    if (body.count === acknowledged.length) break;
    assert.ok(Date.now() < until, `${body.count} of ${acknowledged.length}`);
  }
  t.diagnostic(`${acknowledged.length} acknowledged, ${next - acknowledged.length} refused`);
});
