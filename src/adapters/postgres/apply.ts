import type pg from 'pg';
import type { JournalRecord } from '../../journal/journal.ts';
import { NotWhole } from '../../projections/case-joining.ts';
import type { Log } from '../../projections/log.ts';
import { dropCases, forgetDetails, writeAudit, writeCases } from './cases-write.ts';
import { inTransaction, isRefusal, sqlState } from './connection.ts';
import { writeDesk } from './desk.ts';
import { dropEntityNotes, writeEntityNotes } from './entity-notes.ts';
import { foldRecord, setAside } from './fold.ts';
import { emptyFold, type Fold, type OutcomeOf } from './fold-state.ts';
import { loadState } from './load.ts';
import { createNameWriter, dropNames } from './names-write.ts';
import type { Retention } from './retention.ts';
import type { EntityNames } from './rows.ts';
import { writeSavedViews } from './saved-views.ts';
import { MINUTE_MS, writeTallies } from './tallies.ts';
import { storable } from './text.ts';
import { writeWebhooks } from './webhooks-write.ts';
import { tallyChanges, writeAnswers, writeTransactions, writeUsers } from './write.ts';

const ANSWERS_KEPT_MS = 24 * 3_600_000;
const PRUNE_EVERY_MS = 600_000;
const UNIQUE_VIOLATION = '23505';

export interface Applier {
  /** Resolves with the sequence that is applied then: see `QueryStore`. */
  apply(records: JournalRecord[]): Promise<number>;
}

/**
 * Applies records in order, rows and offset in one transaction. `SELECT … FOR UPDATE` on the offset is the fence between
 * several processes: one that finds it locked leaves the records to the one that holds it, and skips what that one applied.
 */
export function createApplier(
  pool: pg.Pool,
  schema: string,
  names: EntityNames,
  retention: Retention,
  log: Log,
  maturityDays: number,
  outcomeOf?: OutcomeOf,
): Applier {
  const { partitions } = retention;
  const nameWriter = createNameWriter(schema, names);
  let prunedAt = 0;

  async function attempt(records: JournalRecord[], mode: { loadAll: boolean; rejected?: string }): Promise<number> {
    let isApplied = false;
    const reached = await inTransaction(pool, async (client) => {
      const { applied, horizon, tallied, isMine } = await lockMeta(client, schema);
      const fresh = records.filter(({ sequence }) => sequence > applied);
      if (fresh.length === 0 || !isMine) return applied;
      if ((fresh[0].follows ?? fresh[0].sequence - 1) > applied)
        throw new Error(`Record ${fresh[0].sequence} does not follow ${applied}, the last one applied.`);
      nameWriter.begin(applied);
      const fold = await foldAll(client, fresh, { ...mode, horizon });
      const newest = await write(client, fold, { horizon, tallied });
      if (retention.days > 0) await retention.freeIds(client, fold.horizon, fresh.length);
      const last = fresh[fresh.length - 1];
      await client.query({
        name: 'advance',
        text: `UPDATE ${schema}.meta SET applied = $1, applied_key = $2, horizon = $3, tallied = $4`,
        values: [last.sequence, storable(last.key), fold.horizon, newest],
      });
      await prune(client, fold, last.at);
      isApplied = true;
      return last.sequence;
    });
    if (isApplied) nameWriter.remember(reached);
    return reached;
  }

  /** Begins anew where a case turns out to be needed whole: which ones alerts make one, is known as they are folded. */
  async function foldAll(
    client: pg.PoolClient,
    records: JournalRecord[],
    { loadAll, rejected, horizon }: { loadAll: boolean; rejected?: string; horizon: number },
  ): Promise<Fold> {
    const wholeCases = new Set<string>();
    for (;;) {
      const fold = emptyFold({ names, horizon, horizonAt: retention.horizonAt, maturityDays, outcomeOf });
      await loadState(client, schema, fold, records, { loadAll, wholeCases });
      try {
        for (const record of records)
          if (rejected === undefined) foldRecord(fold, record);
          else setAside(fold, record, rejected);
        return fold;
      } catch (error) {
        if (!(error instanceof NotWhole) || error.caseIds.every((id) => wholeCases.has(id))) throw error;
        for (const id of error.caseIds) wholeCases.add(id);
      }
    }
  }

  /** Returns how far tallies are added up. */
  async function write(client: pg.PoolClient, fold: Fold, was: Pick<Meta, 'horizon' | 'tallied'>): Promise<number> {
    const changes = tallyChanges(fold);
    fold.audit = fold.audit.filter(({ at }) => at >= fold.horizon);
    // A minute lies in the partition of its transactions: bounds are whole days.
    const minutes = [...changes.keys()].filter((minute) => minute + MINUTE_MS > fold.horizon);
    await partitions.hold(client, [...minutes, ...fold.audit.map(({ at }) => at)]);
    if (fold.touched.size > 0) {
      await writeTransactions(client, schema, fold);
      await nameWriter.write(client, fold);
    }
    const newest = await writeTallies(client, schema, changes, was.tallied);
    if (fold.touchedUsers.size > 0) await writeUsers(client, schema, fold);
    await writeSavedViews(client, schema, fold.savedViews);
    await writeDesk(client, schema, fold.desk);
    await writeEntityNotes(client, schema, fold.entityNotes);
    await writeWebhooks(client, schema, fold.webhooks);
    await writeCases(client, schema, fold.cases);
    if (fold.horizon > was.horizon) {
      await dropCases(client, schema, fold.horizon);
      await dropNames(client, schema, fold.horizon);
      await dropEntityNotes(client, schema, fold.horizon);
    }
    if (fold.deleted.size > 0) await forgetDetails(client, schema, [...fold.deleted]);
    if (fold.audit.length > 0) await writeAudit(client, schema, fold.audit);
    if (fold.answers.length > 0 || fold.rejected.length > 0) await writeAnswers(client, schema, fold);
    for (const { sequence, type, reason } of fold.rejected)
      log.error({ sequence, type, reason }, 'a record of the journal could not be applied and was set aside');
    return newest;
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
        const applied = await attempt(records, { loadAll: false }).catch((error) => {
          partitions.forget();
          if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
          return attempt(records, { loadAll: true });
        });
        await retention.sweep(pool);
        return applied;
      } catch (error) {
        partitions.forget();
        if (!isRefusal(error)) throw error;
        let applied = 0;
        for (const record of records) {
          applied = await applyAlone(record);
          if (applied < record.sequence) break;
        }
        return applied;
      }
    },
  };

  async function applyAlone(record: JournalRecord): Promise<number> {
    try {
      return await attempt([record], { loadAll: true });
    } catch (error) {
      partitions.forget();
      if (!isRefusal(error)) throw error;
      return attempt([record], { loadAll: true, rejected: (error as Error).message });
    }
  }
}

interface Meta {
  applied: number;
  horizon: number;
  tallied: number;
  /** Whether this process holds the lock. */
  isMine: boolean;
}

async function lockMeta(client: pg.PoolClient, schema: string): Promise<Meta> {
  const columns = 'applied, horizon, tallied';
  const locked = await client.query(`SELECT ${columns} FROM ${schema}.meta FOR UPDATE SKIP LOCKED`);
  const isMine = locked.rows.length > 0;
  const [row] = isMine ? locked.rows : (await client.query(`SELECT ${columns} FROM ${schema}.meta`)).rows;
  return { applied: Number(row.applied), horizon: Number(row.horizon), tallied: Number(row.tallied), isMine };
}
