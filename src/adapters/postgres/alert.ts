import { CASE_ENTITIES } from '../../domain/case.ts';
import { keysToday } from '../../domain/entity.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Alert } from '../../projections/case-fold.ts';
import { stakeOf } from '../../projections/life.ts';
import { type EntityNames, entityOfView, type TransactionRow } from './rows.ts';

/** What cases see of a reviewed or declined transaction. */
export function alertOf(record: JournalRecord, row: TransactionRow, names: EntityNames): Alert {
  const { transaction, entities, decision } = record.data as unknown as DecisionData;
  const keys = keysToday(entities, record.personal);
  return {
    transactionId: row.id,
    sequence: record.sequence,
    at: record.at,
    time: transaction.time,
    decision: decision.decision === 'decline' ? 'decline' : 'review',
    score: decision.score,
    amount: transaction.amountBase ?? 0,
    amountAtRisk: decision.probability * stakeOf(row.view),
    // The record's own keys: an address that was erased since has no name, but still links.
    keys: CASE_ENTITIES.map((type) => keys[names.types.indexOf(type)] ?? 0),
    values: CASE_ENTITIES.map((type) => entityOfView(row.view, type, names)),
  };
}
