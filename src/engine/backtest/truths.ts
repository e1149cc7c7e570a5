import { toMinor } from '../../domain/currency.ts';
import type { Outcome } from '../../domain/decision.ts';
import { hash53 } from '../../domain/hash.ts';
import type { Statement } from '../../domain/label.ts';
import { type DisputeTold, type LabelState, labelStateOf, type ReviewTold, truthOf } from '../../domain/label-state.ts';
import { eventName, type PaymentEvent } from '../../domain/payment-event.ts';
import type { DecisionData, DisputeData, EventData, FinalizeData, ReviewData } from '../../domain/records.ts';
import { statementOf } from '../../domain/statement.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { createIdRows } from './id-rows.ts';
import { createWords, doubles, words16 } from './rows.ts';

/** What is known of the truth of decisions, by their row: a fold of what the log says of them afterwards. */
export interface Truths {
  readonly rows: number;
  /** Takes a decision in; undefined where its transaction is in already: the first record wins. `idHash`: its id's, where known. */
  add(record: JournalRecord, idHash?: number): number | undefined;
  /** Takes in what is said of a transaction, and whether it is of one of the rows: its row. */
  tell(record: JournalRecord): number | undefined;
  /** As of a moment, milliseconds, by all that was taken in. */
  stateOf(row: number, at: number): LabelState;
}

interface Told {
  statements: Statement[];
  events: PaymentEvent[];
  disputes: DisputeTold[];
  finalizedAt?: number;
  review?: ReviewTold;
}

const OUTCOMES: readonly Outcome[] = ['approve', 'review', 'decline'];

export function createTruths(maturityDays: number): Truths {
  const rowOf = createIdRows();
  const told = new Map<number, Told>();
  const currencies = createWords();
  const [time, amountMinor] = [doubles(), doubles()];
  const [outcome, currency] = [words16(), words16()];

  const lifeOf = (row: number): Told => {
    let life = told.get(row);
    if (!life) {
      life = { statements: [], events: [], disputes: [] };
      told.set(row, life);
    }
    return life;
  };

  function event(life: Told, row: number, data: EventData): void {
    const { type, at, amount, code, avs, cvc, threeDS } = data;
    const minor = amount === undefined ? undefined : toMinor(amount, currencies.names[currency.at(row)]);
    const one = { type, at, code, avs, cvc, threeDS, ...(minor === undefined ? {} : { amountMinor: minor }) };
    const name = eventName(one as PaymentEvent);
    if (life.events.every((other) => eventName(other) !== name)) life.events.push(one as PaymentEvent);
  }

  return {
    get rows() {
      return time.length;
    },
    add(record, idHash) {
      const { transaction, decision } = record.data as unknown as DecisionData;
      const id = idHash ?? hash53(transaction.id);
      const row = time.length;
      if (!rowOf.add(id, row)) return undefined;
      time.push(transaction.time);
      amountMinor.push(transaction.amountMinor ?? 0);
      outcome.push(OUTCOMES.indexOf(decision.decision));
      currency.push(currencies.codeOf(transaction.currency));
      return row;
    },
    tell(record) {
      const { transactionId } = record.data as { transactionId?: unknown };
      const row = typeof transactionId === 'string' ? rowOf.get(hash53(transactionId)) : undefined;
      if (row === undefined) return undefined;
      const statement = statementOf(record);
      if (statement) lifeOf(row).statements.push(statement);
      if (record.type === 'dispute') {
        const { disputeId: id, status, reportedAt: at } = record.data as unknown as DisputeData;
        lifeOf(row).disputes.push({ id, status, at, sequence: record.sequence });
      } else if (record.type === 'event') event(lifeOf(row), row, record.data as unknown as EventData);
      else if (record.type === 'review') {
        const { action } = record.data as unknown as ReviewData;
        lifeOf(row).review = { action, at: record.at };
      } else if (record.type === 'finalize') {
        const { override } = record.data as unknown as FinalizeData;
        // A declined one is refused unless it is overridden.
        if (override || OUTCOMES[outcome.at(row)] !== 'decline') lifeOf(row).finalizedAt ??= record.at;
      }
      return row;
    },
    stateOf(row, at) {
      const life = told.get(row);
      const decision = OUTCOMES[outcome.at(row)];
      // Of most nothing was told: what `truthOf` makes of that, without a list of voices each.
      if (!life)
        return decision === 'approve'
          ? labelStateOf({ kind: 'open', since: time.at(row) }, at, maturityDays)
          : 'blocked';
      const decided = { decision, time: time.at(row), amountMinor: amountMinor.at(row) };
      return labelStateOf(truthOf({ ...decided, ...life }), at, maturityDays);
    },
  };
}
