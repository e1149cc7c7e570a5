import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inParallel, payments, poster } from '../support/load.ts';
import { canUnshare, runWalled, serveWalled } from '../support/namespaces.ts';
import { startServer } from '../support/process.ts';
import { verifyJournal } from '../support/verify.ts';

/** Rounds of each kind: more by hand, as `NAMESPACE_ROUNDS=20`. */
const ROUNDS_BY_HAND = Number(process.env.NAMESPACE_ROUNDS);
const PAYMENTS = 300;
const skip = canUnshare() ? false : 'this account may not make namespaces';

for (const [kind, rounds, env] of [
  ['with the embedded database', 2, {}],
  ['with a database that is away', 1, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }],
] as const)
  test(`two servers and a command on one directory, each behind walls of its own, ${kind}`, { skip }, async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'assay-walls-'));
    t.after(() => rmSync(dataDir, { recursive: true, force: true }));
    const settings = { LOG_LEVEL: 'warn', RATE_LIMIT_MAX: '0', ...env };
    const acknowledged = new Map<string, string>();
    let made = 0;
    const count = ROUNDS_BY_HAND || rounds;
    for (let round = 0; round < count; round++) {
      const pair = [serveWalled(dataDir, settings), serveWalled(dataDir, settings)];
      try {
        const begun = await Promise.allSettled(pair.map((server) => server.listening));
        const urls = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        assert.equal(urls.length, 1, JSON.stringify(begun));
        const refused = begun.find((one) => one.status === 'rejected') as PromiseRejectedResult;
        assert.match(String(refused.reason), /journal in .* is open in another process/);
        const command = await runWalled(['keys', 'list', '--data-dir', dataDir], settings);
        assert.equal(command.status, 0, command.out);
        const apart = await runWalled(['keys', 'list', '--data-dir', dataDir], settings, true);
        assert.notEqual(apart.status, 0);
        assert.match(apart.out, /cannot be reached from here/);

        const work = payments(PAYMENTS, 7 + round, made);
        made += work.length;
        const client = poster(urls[0], 8);
        let dead = false;
        const owner = pair[begun.findIndex((one) => one.status === 'fulfilled')];
        const killAt = acknowledged.size + 20 + ((40 * round) % (PAYMENTS - 40));
        const kill = () => {
          dead = true;
          // By turns its server alone, which leaves what it started behind in its walls, or all of it.
          return round % 2 === 0 ? owner.killServer() : owner.end();
        };
        let killed: Promise<unknown> | undefined;
        await inParallel(
          work,
          8,
          async (payment) => {
            try {
              const answer = await client.post('/api/transactions', payment.body);
              assert.equal(answer.status, 201, answer.body);
              acknowledged.set(payment.id, JSON.parse(answer.body).decision);
              if (acknowledged.size === killAt) killed = kill();
            } catch (error) {
              if (!dead) throw error;
            }
          },
          () => dead,
        );
        assert.ok(killed);
        await killed;
        client.close();
        // The next one begins while the walls of the last still stand.
        const next = serveWalled(dataDir, settings);
        try {
          const answer = await fetch(`${await next.listening}/health`);
          const health = (await answer.json()) as Record<string, string>;
          assert.equal(health.journal, 'ok');
          if (!('DATABASE_URL' in env)) assert.equal(health.database, 'ok', JSON.stringify(health));
        } finally {
          await next.killServer();
          await next.end();
        }
      } finally {
        await Promise.all(pair.map((server) => server.end()));
      }
    }
    const last = await startServer(dataDir, settings);
    await last.stop();
    const journal = await verifyJournal(dataDir);
    assert.equal(journal.repeated, 0);
    for (const id of acknowledged.keys()) assert.ok(journal.ids.has(id), `${id} was acknowledged and is missing`);
    assert.ok(acknowledged.size >= 20 * count, `${acknowledged.size}`);
    t.diagnostic(JSON.stringify({ rounds: count, sent: made, acknowledged: acknowledged.size }));
  });
