import type { Core } from '../app.ts';
import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import { labelRank } from '../domain/label.ts';
import { type DecisionData, type EventData, type LabelData, labelledEvent } from '../domain/records.ts';
import { bodyHashes } from '../intake/body-hash.ts';
import { takeEvent } from '../intake/life.ts';
import type { Journal } from '../journal/journal.ts';
import { bodyOf } from '../training/rows.ts';
import type { ReplaySink } from './replay-into.ts';

/**
 * Straight into a data directory that no server holds. `moment.now` is the clock: history happens when it happened. A row that
 * is older than `newestDecision` (milliseconds) and not there yet ends the replay before anything of it is written.
 */
export function coreSink(core: Core, moment: { now: number }, newestDecision = Number.NEGATIVE_INFINITY): ReplaySink {
  const { engine, journal } = core;
  return {
    async decide(rows) {
      const lineOf = new Map(rows.map((row) => [row.transaction, row.line]));
      const submissions = rows.map((row) => ({ transaction: row.transaction, ...bodyHashes(bodyOf(row)) }));
      const answers = await engine.decideInOrder(submissions, ({ transaction }) => {
        if (transaction.time < newestDecision)
          throw olderThan(newestDecision, transaction.time, lineOf.get(transaction)!);
        moment.now = transaction.time;
      });
      return answers.map((answer) =>
        answer instanceof AssayError
          ? { fault: answer.message }
          : {
              decision: (answer.record.data as unknown as DecisionData).decision.decision,
              repeated: answer.idempotent,
            },
      );
    },
    async label(id, label, at) {
      const record = await journal.find(`t:${id}`);
      if (!record) return false;
      const key = `c:replay:${id}:${at}`;
      if (await journal.find(key)) return false;
      moment.now = at;
      const [event, rank] = [labelledEvent(record), labelRank('chargeback')];
      const data: LabelData = { labelId: newId(at), transactionId: id, label, source: 'chargeback', rank, event };
      // Durable with the decisions that follow it: the log keeps its order.
      journal.enqueue({ type: 'label', at, key, data: { ...data } }).durable.catch(() => {});
      return true;
    },
    async tell(id, { at, ...told }) {
      const record = await journal.find(`t:${id}`);
      if (!record) return false;
      const key = `c:replay:${id}:${told.type}:${at}`;
      if (await journal.find(key)) return false;
      moment.now = at;
      const { time, currency } = (record.data as unknown as DecisionData).transaction;
      const subject = { time, currency, now: at };
      const { data: taken } = takeEvent({ ...told, at: new Date(at).toISOString() }, subject, newId(at));
      const data: EventData = { ...taken, transactionId: id, event: labelledEvent(record) };
      journal.enqueue({ type: 'event', at, key, data: { ...data } }).durable.catch(() => {});
      return true;
    },
  };
}

/** When the newest decision of a journal was made, milliseconds. */
export async function newestDecision(journal: Journal): Promise<number | undefined> {
  for (let sequence = journal.durable; sequence > 0; sequence--) {
    const record = await journal.get(sequence);
    if (record?.type === 'decision' || record?.type === 'intake') return record.at;
  }
  return undefined;
}

const moment = (time: number) => new Date(time).toISOString();

function olderThan(newest: number, time: number, line: number): Error {
  return new Error(
    `Refused, and nothing was written: line ${line} is of ${moment(time)}, and the data directory has decisions up to ${moment(newest)}. ` +
      'It would be decided by profiles that know what came later, and then stand in the queue, cases and statistics among those. ' +
      'Give --data-dir for a directory of its own, or --live if that is what you want.',
  );
}
