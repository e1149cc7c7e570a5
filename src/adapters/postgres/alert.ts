import { CASE_ENTITIES } from '../../domain/case.ts';
import { isLaterEntity, keysToday } from '../../domain/entity.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Alert } from '../../projections/case-joining.ts';
import { stakeOf } from '../../projections/life.ts';
import { type EntityNames, entityOfView, type TransactionRow } from './rows.ts';

/** What cases see of a reviewed or declined transaction. */
export function alertOf(record: JournalRecord, row: TransactionRow, names: EntityNames): Alert {
  const { transaction, decision, joining } = record.data as unknown as DecisionData;
  return {
    transactionId: row.id,
    sequence: record.sequence,
    at: record.at,
    time: transaction.time,
    decision: decision.decision === 'decline' ? 'decline' : 'review',
    score: decision.score,
    amount: transaction.amountBase ?? 0,
    amountAtRisk: decision.probability * stakeOf(row.view),
    keys: caseKeys(record, names.types),
    values: CASE_ENTITIES.map((type) => entityOfView(row.view, type, names)),
    rules: (decision.rules ?? []).filter(({ mode }) => mode === 'live').map(({ id }) => id),
    joining,
  };
}

/** Keys of CASE_ENTITIES, 0 where absent: the record's own, for an address that was erased since has no name, but still links. */
export function caseKeys(record: JournalRecord, types: readonly string[]): number[] {
  const { entities, named } = record.data as unknown as DecisionData;
  const keys = keysToday(entities, record.personal);
  return CASE_ENTITIES.map((type) => (isLaterEntity(type) ? named?.[type] : keys[types.indexOf(type)]) ?? 0);
}
