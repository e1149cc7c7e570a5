import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openJournal } from './journal.ts';
import { verifyJournal } from './verify.ts';

const child = join(import.meta.dirname, 'kill.child.ts');

/** Lets a process append until it has acknowledged `enough` records, kills it, and returns what it acknowledged. */
async function appendAndKill(directory: string, enough: number): Promise<number[]> {
  const writer = spawn(process.execPath, [child, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(writer, 'exit');
  let output = '';
  let lines = 0;
  for await (const chunk of writer.stdout.setEncoding('utf8')) {
    output += chunk;
    lines += chunk.split('\n').length - 1;
    if (lines >= enough) writer.kill('SIGKILL');
  }
  assert.deepEqual(await exited, [null, 'SIGKILL']);
  // The last line may be cut.
  return output.slice(0, output.lastIndexOf('\n')).split('\n').map(Number);
}

test('a killed process loses nothing that it acknowledged', { timeout: 60_000 }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-kill-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  let last = 0;
  for (const enough of [1, 700, 40, 300]) {
    const acknowledged = await appendAndKill(directory, enough);
    assert.ok(acknowledged.length >= enough);
    const newest = Math.max(...acknowledged);
    assert.ok(newest > last);
    assert.deepEqual((await verifyJournal(directory)).problems, []);
    const journal = await openJournal({ directory, segmentBytes: 256 * 1024 });
    assert.ok(journal.durable >= newest);
    let next = 1;
    for await (const record of journal.read(1)) {
      assert.equal(record.sequence, next++);
      assert.equal(record.key, `t:${record.sequence}`);
      assert.deepEqual(record.personal, { email: `person${record.sequence}@example.com` });
    }
    assert.equal(next - 1, journal.durable);
    last = journal.durable;
    await journal.close();
  }
});
