import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openMirrorStore } from '../../src/app.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import { nodeFiles } from '../../src/journal/local/files.ts';
import { surveyJournal } from '../../src/journal/local/survey.ts';
import { restoreMirror } from '../../src/journal/mirror/restore.ts';
import { call } from '../support/app.ts';
import { startServer } from '../support/process.ts';
import { verifyJournal } from '../support/verify.ts';
import type { Row } from './table.ts';

const PAYMENTS = 200;

/**
 * A machine dies under load, disk and all, again and again: each time a server is restored from the mirror and goes on. What is
 * restored is a beginning of what was there, bit for bit; what was acknowledged after it is lost, which is counted.
 */
export async function mirror(times: number): Promise<Row> {
  const row: Row = { name: 'a machine lost under load, restored from its mirror', tries: times, faults: [], seen: '' };
  const root = mkdtempSync(join(tmpdir(), 'assay-lost-'));
  const folder = join(root, 'mirror');
  mkdirSync(folder);
  const env = {
    ...{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', JOURNAL_MIRROR: folder, JOURNAL_MIRROR_EVERY: '200ms' },
    ...{ JOURNAL_SEGMENT_BYTES: '128K', SNAPSHOT_EVERY_RECORDS: '150' },
  };
  let dataDir = join(root, 'data0');
  let lost = 0;
  let acknowledged = 0;
  let longestMs = 0;
  try {
    for (let round = 1; round <= times; round++) {
      const server = await startServer(dataDir, env);
      const answered: { id: string; at: number }[] = [];
      const killAt = 20 + ((round * 97) % (PAYMENTS - 40));
      let dead: Promise<void> | undefined;
      const client = async (who: number) => {
        for (let i = who; i < PAYMENTS && !dead; i += 8) {
          const payment = { id: `m${round}_${i}`, userId: `u${i % 7}`, cardId: `c${i % 11}`, amount: 5 + i };
          const status = await call(server.url, 'POST', '/api/transactions', payment).then(
            (answer) => answer.status,
            () => 0,
          );
          if (status === 201) answered.push({ id: payment.id, at: Date.now() });
          else if (status !== 0) row.faults.push(`${payment.id} → ${status}`);
          if (answered.length >= killAt) dead ??= server.kill();
          await sleep(5);
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, who) => client(who)));
      await (dead ?? server.kill());
      const diedAt = Date.now();
      acknowledged += answered.length;
      const there = join(root, `data${round}`);
      const store = await openMirrorStore({ folder }, { write: false });
      const { found, missing, through } = await restoreMirror(store, there, nodeFiles);
      await store.close();
      row.faults.push(...missing, ...found.map(({ segment, what }) => `${segment}: ${what}`));
      const [before, after] = [await recordsOf(dataDir), await recordsOf(there)];
      if (after.length !== through) row.faults.push(`it reaches ${after.length}, and says ${through}`);
      for (const [i, record] of after.entries())
        if (record !== before[i]) row.faults.push(`round ${round}: record ${i + 1} is another one`);
      const { ids } = await verifyJournal(there);
      const gone = answered.filter(({ id }) => !ids.has(id));
      lost += gone.length;
      longestMs = Math.max(longestMs, ...gone.map(({ at }) => diedAt - at));
      rmSync(dataDir, { recursive: true });
      dataDir = there;
    }
    const server = await startServer(dataDir, env);
    const { body } = await call(server.url, 'GET', '/health');
    if (body.mirror.state !== 'ok') row.faults.push(`the mirror is ${body.mirror.state}: ${body.reasons?.mirror}`);
    await server.stop();
    const { repeated } = await verifyJournal(dataDir);
    if (repeated > 0) row.faults.push(`${repeated} are doubled`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const seen = `${acknowledged} acknowledged, ${lost} of them later than the mirror reached, at most ${longestMs} ms before the end (it looks every 200); all else the same bits`;
  return { ...row, seen };
}

async function recordsOf(dataDir: string): Promise<string[]> {
  const records: string[] = [];
  await surveyJournal(join(dataDir, 'journal'), ({ vector, ...record }: JournalRecord) => {
    const bits = vector && Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex');
    records.push(JSON.stringify([record, bits]));
  });
  return records;
}
