import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openStore } from '../../src/adapters/postgres/store.ts';
import { silentLog } from '../../src/projections/log.ts';
import { type PgBouncer, startPgBouncer, withoutPgBouncer } from '../support/pgbouncer.ts';
import { type DebianPostgres, startDebianPostgres, withoutPostgres } from '../support/postgres.ts';
import { commandContract } from '../support/store-commands.ts';
import { storeContract } from '../support/store-contract.ts';

const skip = (await withoutPostgres()) ?? (await withoutPgBouncer()) ?? false;

let server: DebianPostgres;
before(async () => {
  if (!skip) server = await startDebianPostgres();
});
after(() => server?.dispose());

/** By default a session keeps its connection, as without a pooler; where each transaction may get another one, all is tried. */
for (const [mode, contract] of [
  [undefined, commandContract],
  ['transaction', storeContract],
] as const)
  describe(`the query store through PgBouncer, pool_mode ${mode ?? 'by default'}`, { skip }, () => {
    let pooler: PgBouncer;
    before(async () => {
      pooler = await startPgBouncer(server.url, mode);
    });
    after(() => pooler?.stop());

    contract(() => pooler.url, 1);
  });

test('pool_mode statement is refused with the reason', { skip }, async () => {
  const pooler = await startPgBouncer(server.url, 'statement');
  const options = { url: pooler.url, namespace: 'statement', clock: Date.now, entityTypes: [], log: silentLog };
  const store = await openStore(options);
  await assert.rejects(store.position(), { code: 'unavailable', message: /statement pooling mode/ });
  await store.close();
  await pooler.stop();
});
