import { setImmediate as nextTurn } from 'node:timers/promises';
import { AssayError } from '../../src/domain/errors.ts';
import type { DecisionData, DeleteData, LabelData } from '../../src/domain/records.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import type { CommandAnswer } from '../../src/projections/command-answer.ts';
import type { QueryStore } from '../../src/projections/store.ts';

export interface Row {
  sequence: number;
  decision: string;
  /** Sequence of the newest label; 0 without one. */
  labelled: number;
  label: string | undefined;
  deleted: boolean;
}

/** What the records amount to. Counters and sums, so that a record that is applied twice or never shows. */
export interface Tables {
  sequence: number;
  key: string | undefined;
  rows: Map<string, Row>;
  answers: Map<number, CommandAnswer>;
  count: number;
  amountMinor: number;
  labels: number;
}

export const emptyTables = (): Tables => ({
  ...{ sequence: 0, key: undefined, rows: new Map(), answers: new Map(), count: 0, amountMinor: 0, labels: 0 },
});

/** One record; the position is moved by whoever commits. */
export function applyRecord(tables: Tables, { type, data, sequence }: JournalRecord): void {
  if (type === 'decision') {
    const { transaction, decision } = data as unknown as DecisionData;
    tables.count++;
    tables.amountMinor += transaction.amountMinor ?? 0;
    const row = { sequence, decision: decision.decision, labelled: 0, label: undefined, deleted: false };
    if (!tables.rows.has(transaction.id)) tables.rows.set(transaction.id, row);
    return;
  }
  const row = tables.rows.get((data as { transactionId?: string }).transactionId ?? '');
  if (type === 'label') {
    tables.labels++;
    if (row) Object.assign(row, { labelled: sequence, label: (data as unknown as LabelData).label });
  }
  if (type === 'delete' && tables.rows.has((data as unknown as DeleteData).transactionId)) row!.deleted = true;
  tables.answers.set(sequence, row ? { status: 201 } : { status: 404 });
}

/**
 * A query store of its own machine: a transaction commits whole or not at all, and what is committed stays. It may be away, and the
 * word that something was committed may be lost.
 */
export interface Database {
  tables: Tables;
  isAway: boolean;
  /** Share of commits whose answer is lost. */
  doubt: number;
  store(gate: <T>(work: () => Promise<T>) => Promise<T>): QueryStore;
}

export function createDatabase(random: () => number): Database {
  const database: Database = { tables: emptyTables(), isAway: false, doubt: 0, store };
  const away = () => new AssayError('unavailable', 'the database is away');

  async function trip(): Promise<void> {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await nextTurn();
    if (database.isAway) throw away();
  }

  function store(gate: <T>(work: () => Promise<T>) => Promise<T>): QueryStore {
    const asked = <T>(work: () => T) =>
      gate(async () => {
        await trip();
        return work();
      });
    const apply = (records: JournalRecord[]) => {
      const { tables } = database;
      for (const record of records) {
        if (record.sequence <= tables.sequence) continue;
        applyRecord(tables, record);
        tables.sequence = record.sequence;
        tables.key = record.key;
      }
      if (random() < database.doubt) throw away();
      return tables.sequence;
    };
    return {
      applied: () => asked(() => database.tables.sequence),
      position: () => asked(() => ({ sequence: database.tables.sequence, key: database.tables.key })),
      apply: (records: JournalRecord[]) => asked(() => apply(records)),
      answer: (sequence: number) => asked(() => database.tables.answers.get(sequence)),
      transactions: { get: (id: string) => asked(() => rowOf(database.tables, id)) },
    } as unknown as QueryStore;
  }
  return database;
}

function rowOf({ rows }: Tables, id: string) {
  const row = rows.get(id);
  return row === undefined || row.deleted ? undefined : { ...row };
}
