import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/training/gbdt/random.ts';
import { call } from './app.ts';
import { inParallel, type Payment, payments, poster } from './load.ts';
import { startServer } from './process.ts';
import { sameProfiles, verifyJournal } from './verify.ts';

/**
 * Kills the server with -9 at random moments under a load of concurrent posts, and then looks whether every acknowledged
 * payment is there exactly once, in the journal and in PostgreSQL, whether every vector is what an uninterrupted run
 * would have computed, and whether the profiles are those of an uninterrupted run.
 */
export async function killRun(options: { kills: number; seed: number; perRound: number }) {
  const random = seededRandom(options.seed);
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-kill-'));
  // Reads wait as long as the database needs on a machine that others keep busy.
  const env = { SNAPSHOT_EVERY_RECORDS: '500', JOURNAL_SEGMENT_BYTES: String(1 << 20), READ_WAIT_MS: '60000' };
  const acknowledged = new Map<string, { createdAt: string; decision: string; probability: number }>();
  let labelled = 0;
  let unanswered: Payment[] = [];
  let made = 0;
  let server = await startServer(dataDir, env);
  try {
    for (let round = 0; round <= options.kills; round++) {
      const last = round === options.kills;
      const fresh = payments(options.perRound, options.seed + round, made);
      made += fresh.length;
      // What had no answer is sent again, as a client would: same id, same body.
      const work = [...unanswered, ...fresh];
      const open = new Map(work.map((payment) => [payment.id, payment]));
      const client = poster(server.url, 16);
      let dead = false;
      // By what was done and not by the clock: on any machine it dies under load.
      const killAt = last ? Number.POSITIVE_INFINITY : acknowledged.size + Math.ceil(random() * 0.8 * options.perRound);
      let killer: Promise<void> | undefined;
      const kill = async () => {
        await sleep(random() * 20);
        dead = true;
        await server.kill();
      };
      await inParallel(
        work,
        16,
        async (payment) => {
          try {
            const answer = await client.post('/api/transactions', payment.body);
            assert.equal(answer.status, 201, answer.body);
            open.delete(payment.id);
            acknowledged.set(payment.id, JSON.parse(answer.body));
            if (acknowledged.size >= killAt) killer ??= kill();
            if (random() < 0.05) {
              const label = JSON.stringify({ label: random() < 0.5 ? 'fraud' : 'legitimate', source: 'analyst' });
              const made = await client.post(`/api/transactions/${payment.id}/labels`, label);
              assert.ok(made.status === 201 || made.status === 503, made.body);
              if (made.status === 201) labelled++;
            }
          } catch (error) {
            if (!dead) throw error;
          }
        },
        () => dead,
      );
      assert.ok(last || killer);
      await killer;
      client.close();
      unanswered = [...open.values()];
      if (!last) server = await startServer(dataDir, env);
    }
    assert.deepEqual(unanswered, []);

    // PostgreSQL: each exactly once.
    const rows = await readAll(server.url);
    assert.equal(rows.length, made, 'every payment is listed once');
    assert.equal(new Set(rows.map((row) => row.id)).size, made);
    for (const row of rows) {
      const answer = acknowledged.get(row.id);
      assert.ok(answer, row.id);
      assert.equal(row.createdAt, answer.createdAt);
      assert.equal(row.probability, answer.probability);
    }
    assert.equal(await server.stop(), 0, server.output());

    const journal = await verifyJournal(dataDir);
    assert.equal(journal.decisions, made);
    assert.equal(journal.repeated, 0);
    assert.equal(journal.differentVectors, 0);
    for (const id of acknowledged.keys()) assert.ok(journal.ids.has(id), `${id} was acknowledged and is missing`);
    assert.ok(await sameProfiles(dataDir, journal), 'profiles differ from those of an uninterrupted run');
    return { made, acknowledged: acknowledged.size, labelled, records: journal.records };
  } finally {
    await server.kill().catch(() => {});
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function readAll(url: string) {
  const rows: { id: string; createdAt: string; probability: number }[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await call(url, 'GET', `/api/transactions?limit=200${cursor}`);
    assert.equal(status, 200, JSON.stringify(body));
    rows.push(...body.data);
    if (!body.hasMore) return rows;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}
