import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import pg from 'pg';
import { layoutSchema } from '../../src/adapters/postgres/migrate.ts';
import { openStore, type StoreOptions } from '../../src/adapters/postgres/store.ts';
import type { JournalEntry, JournalRecord } from '../../src/journal/journal.ts';
import type { CommandAnswer } from '../../src/projections/command-answer.ts';
import { silentLog } from '../../src/projections/log.ts';
import type { QueryStore } from '../../src/projections/store.ts';
import { ENTITY_FIELDS, ENTITY_TYPES, sequenced } from './records.ts';

export interface Bench {
  store: QueryStore;
  schema: string;
  url: string;
  close(): Promise<void>;
}

/** A store in a schema of its own. */
export async function openBench(url: string, more: Partial<StoreOptions> = {}): Promise<Bench> {
  const namespace = `t_${randomBytes(6).toString('hex')}`;
  const schema = layoutSchema(namespace);
  const entities = { entityTypes: ENTITY_TYPES, entityFields: ENTITY_FIELDS };
  const store = await openStore({ url, namespace, ...entities, clock: Date.now, log: silentLog, ...more });
  return {
    ...{ store, schema, url },
    async close() {
      await store.close();
      await onServer(url, (client) => client.query(`DROP SCHEMA ${schema} CASCADE`));
    },
  };
}

export async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Tables with the columns that order them. */
const TABLES = {
  ...{ ids: '1', transactions: '1', views: '2', transaction_entities: '1, 2, 3', tallies: '1, 2', users: '1' },
  ...{ cases: '1', case_links: '1, 2, 3', case_alerts: '1', audit: '1', answers: '1', rejected: '1' },
  ...{ alert_days: '1, 2, 3', alert_totals: '1, 2', case_days: '1, 2, 3', webhooks: '1', saved_views: '1' },
  ...{ desk: '1', entity_notes: '1' },
};

/** All rows of a schema that records make, in order. */
export function dump({ url, schema }: Bench): Promise<Record<string, unknown[]>> {
  return onServer(url, async (client) => {
    const tables: Record<string, unknown[]> = {};
    for (const [table, order] of Object.entries(TABLES))
      tables[table] = (await client.query(`SELECT * FROM ${schema}.${table} ORDER BY ${order}`)).rows;
    return tables;
  });
}

/** A test on a store of its own. `url` is asked once the tests run. */
export function checkOn(url: () => string, name: string, body: (bench: Bench) => Promise<void>): void {
  test(name, async () => {
    const bench = await openBench(url());
    try {
      await body(bench);
    } finally {
      await bench.close();
    }
  });
}

/** Applies entries behind what is there. */
export async function apply({ store }: Bench, entries: JournalEntry[]): Promise<JournalRecord[]> {
  const records = sequenced(entries, (await store.applied()) + 1);
  await store.apply(records);
  return records;
}

export async function answerTo(bench: Bench, entry: JournalEntry): Promise<CommandAnswer> {
  const [{ sequence }] = await apply(bench, [entry]);
  const answer = await bench.store.answer(sequence);
  assert.ok(answer, `${entry.type} left no answer`);
  return answer;
}
