import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../src/adapters/postgres/store.ts';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/local/journal.ts';
import { type Commands, createCommands } from '../../src/projections/commands.ts';
import { silentLog } from '../../src/projections/log.ts';
import { createProjector, type Projector } from '../../src/projections/projector.ts';
import { withoutPgBouncer } from '../support/pgbouncer.ts';
import { type DebianPostgres, startDebianPostgres, withoutPostgres } from '../support/postgres.ts';
import { command, decision, ENTITY_TYPES } from '../support/records.ts';
import { commandContract } from '../support/store-commands.ts';
import { storeContract } from '../support/store-contract.ts';

const skip = await withoutPostgres();
/** Where there is a pooler, the whole contract is tried on this same PostgreSQL through it: see pgbouncer.test.ts. */
const contract = (await withoutPgBouncer()) ? storeContract : commandContract;

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; tries < 6_000 && !what(); tries++) await sleep(5);
  assert.ok(what());
}

/** A database that has much to catch up with on a busy machine says so, and that the same again gives the answer. */
async function answered(commands: Commands, entry: JournalEntry): ReturnType<Commands['submit']> {
  for (;;)
    try {
      return await commands.submit(entry);
    } catch (error) {
      if ((error as { code?: string }).code !== 'unavailable') throw error;
    }
}

describe("the query store on the distribution's PostgreSQL", { skip: skip ?? false }, () => {
  let server: DebianPostgres;
  before(async () => {
    server = await startDebianPostgres();
  });
  after(() => server.dispose());

  contract(() => server.url);

  for (const how of ['fast', 'immediate'] as const)
    test(`stopped (${how}) while records flow: decisions go on, reads say 503, and everything is there after it`, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'assay-outage-'));
      const journal = await openJournal({ directory });
      const namespace = `outage_${how}`;
      const store = await openStore({
        url: server.url,
        namespace,
        clock: Date.now,
        entityTypes: ENTITY_TYPES,
        log: silentLog,
      });
      const projector = await createProjector({ journal, store, log: silentLog, readWaitMs: 10_000 });
      const commands = createCommands({ journal, projector, store });
      let count = 0;
      let flowing = true;
      const flow = (async () => {
        while (flowing) {
          await journal.enqueue(decision({ id: `p${count}` })).durable;
          count++;
        }
      })();
      await until(() => projector.applied > 200);
      await server.halt(how);
      const cutAt = count;
      await until(() => !projector.healthy);
      await assert.rejects(projector.settled(), { code: 'unavailable', retryAfterSeconds: 2 });
      await assert.rejects(store.transactions.list({}, { limit: 1 }), { code: 'unavailable' });
      const finalize = command('finalize', { transactionId: 'p7', override: false });
      await assert.rejects(commands.submit(finalize), { code: 'unavailable', message: /nothing was recorded/ });
      await until(() => count > cutAt + 200);
      await server.resume();
      await until(() => projector.healthy);
      const { answer } = await answered(commands, finalize);
      assert.deepEqual([answer.status, answer.body?.status], [200, 'finalized']);
      flowing = false;
      await flow;
      await projector.settled();
      assert.equal((await store.transactions.stats(0, 4e12)).count, count);
      assert.equal(await store.applied(), count + 1);
      await stop(projector, store, journal);
      rmSync(directory, { recursive: true, force: true });
    });

  test('a database that is away at the start is waited for, schema and all', async () => {
    await server.halt();
    const directory = mkdtempSync(join(tmpdir(), 'assay-late-'));
    const journal = await openJournal({ directory });
    await journal.enqueue(decision({ id: 'early' })).durable;
    const store = await openStore({
      url: server.url,
      namespace: 'late',
      clock: Date.now,
      entityTypes: ENTITY_TYPES,
      log: silentLog,
    });
    const projector = await createProjector({ journal, store, log: silentLog, readWaitMs: 10_000 });
    await assert.rejects(projector.settled(), { code: 'unavailable' });
    await server.resume();
    await until(() => projector.healthy);
    await projector.settled();
    assert.equal((await store.transactions.get('early'))?.id, 'early');
    await stop(projector, store, journal);
    rmSync(directory, { recursive: true, force: true });
  });
});

async function stop(projector: Projector, ...rest: { close(): Promise<void> }[]): Promise<void> {
  await projector.close();
  for (const part of rest) await part.close();
}
