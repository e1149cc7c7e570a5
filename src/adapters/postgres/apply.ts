import type pg from 'pg';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Log } from '../../projections/log.ts';
import { forgetDetails, writeAudit, writeCases } from './cases-write.ts';
import { inTransaction, isRefusal, sqlState } from './connection.ts';
import { COLUMNS, copyIn, copyLine, copyViewLine } from './copy.ts';
import { emptyFold, type Fold, foldRecord, setAside } from './fold.ts';
import { loadState } from './load.ts';
import type { EntityNames } from './rows.ts';
import { storable } from './text.ts';
import { writeAnswers, writeLabels, writeTransactions, writeUsers } from './write.ts';

const ANSWERS_KEPT_MS = 24 * 3_600_000;
const PRUNE_EVERY_MS = 600_000;
const UNIQUE_VIOLATION = '23505';

export interface Applier {
  apply(records: JournalRecord[]): Promise<void>;
}

/**
 * Applies records in order, rows and offset in one transaction. `SELECT … FOR UPDATE` on the offset makes a second
 * writer wait and then skip what the first one applied.
 */
export function createApplier(pool: pg.Pool, schema: string, names: EntityNames, log: Log): Applier {
  let prunedAt = 0;

  async function attempt(records: JournalRecord[], mode: { loadAll: boolean; rejected?: string }): Promise<void> {
    await inTransaction(pool, async (client) => {
      const applied = await lockApplied(client, schema);
      const fresh = records.filter(({ sequence }) => sequence > applied);
      if (fresh.length === 0) return;
      if (fresh[0].sequence !== applied + 1)
        throw new Error(`Record ${fresh[0].sequence} does not follow ${applied}, the last one applied.`);
      const fold = emptyFold(names);
      await loadState(client, schema, fold, fresh, mode.loadAll);
      for (const record of fresh)
        if (mode.rejected === undefined) foldRecord(fold, record);
        else setAside(fold, record, mode.rejected);
      await write(client, fold);
      const last = fresh[fresh.length - 1];
      await client.query({
        name: 'advance',
        text: `UPDATE ${schema}.meta SET applied = $1, applied_key = $2`,
        values: [last.sequence, storable(last.key)],
      });
      await prune(client, fold, last.at);
    });
  }

  async function write(client: pg.PoolClient, fold: Fold): Promise<void> {
    if (fold.inserted.size > 0) {
      let lines = '';
      let views = '';
      for (const id of fold.inserted) {
        const row = fold.transactions.get(id)!;
        lines += copyLine(row);
        views += copyViewLine(row);
      }
      await copyIn(client, `COPY ${schema}.transactions (${COLUMNS.join(',')}) FROM STDIN`, lines);
      await copyIn(client, `COPY ${schema}.views (id, view) FROM STDIN`, views);
    }
    if (fold.updated.size > 0) await writeTransactions(client, schema, fold);
    if (fold.labels.length > 0) await writeLabels(client, schema, fold);
    if (fold.touchedUsers.size > 0) await writeUsers(client, schema, fold);
    await writeCases(client, schema, fold.cases);
    if (fold.deleted.size > 0) await forgetDetails(client, schema, [...fold.deleted]);
    if (fold.audit.length > 0) await writeAudit(client, schema, fold.audit);
    if (fold.answers.length > 0 || fold.rejected.length > 0) await writeAnswers(client, schema, fold);
    for (const { sequence, type, reason } of fold.rejected)
      log.error({ sequence, type, reason }, 'a record of the journal could not be applied and was set aside');
  }

  /** By the log's own time, so that a replay of old records does not keep what a day ago would have dropped. */
  async function prune(client: pg.PoolClient, fold: Fold, at: number): Promise<void> {
    if (fold.answers.length === 0 || at - prunedAt < PRUNE_EVERY_MS) return;
    await client.query(`DELETE FROM ${schema}.answers WHERE at < $1`, [new Date(at - ANSWERS_KEPT_MS).toISOString()]);
    prunedAt = at;
  }

  return {
    async apply(records) {
      try {
        // A new id is not looked up; should it be taken after all, the second attempt looks up every one.
        await attempt(records, { loadAll: false }).catch((error) => {
          if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
          return attempt(records, { loadAll: true });
        });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        for (const record of records) await applyAlone(record);
      }
    },
  };

  async function applyAlone(record: JournalRecord): Promise<void> {
    try {
      await attempt([record], { loadAll: true });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await attempt([record], { loadAll: true, rejected: (error as Error).message });
    }
  }
}

async function lockApplied(client: pg.PoolClient, schema: string): Promise<number> {
  const { rows } = await client.query<{ applied: string }>(`SELECT applied FROM ${schema}.meta FOR UPDATE`);
  return Number(rows[0].applied);
}
