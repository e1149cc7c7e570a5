import { type Core, toldRecord } from '../app.ts';
import { AssayError } from '../domain/errors.ts';
import type { DecisionData } from '../domain/records.ts';
import { bodyHashes } from '../intake/body-hash.ts';
import type { TellingKind } from '../intake/telling.ts';
import type { Journal } from '../journal/journal.ts';
import { bodyOf } from '../training/rows.ts';
import type { ReplaySink } from './replay-into.ts';

/**
 * Straight into a data directory that no server holds. `moment.now` is the clock: history happens when it happened. A row that
 * is older than `newestDecision` (milliseconds) and not there yet ends the replay before anything of it is written.
 */
export function coreSink(core: Core, moment: { now: number }, newestDecision = Number.NEGATIVE_INFINITY): ReplaySink {
  const { engine, journal, state } = core;
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
    label: (id, label, at) => tell(id, 'label', { label, source: 'chargeback' }, `${id}:${at}`, at),
    tell: (id, { at, ...event }) =>
      tell(id, 'event', { ...event, at: new Date(at).toISOString() }, `${id}:${event.type}:${at}`, at),
  };

  async function tell(transactionId: string, kind: TellingKind, body: object, name: string, at: number) {
    const telling = { transactionId, kind, body: body as Record<string, unknown>, warnings: [] };
    moment.now = at;
    const told = await toldRecord({ journal, deleted: state.deleted }, telling, { key: `c:replay:${name}`, at });
    // Durable with the decisions that follow it: the log keeps its order.
    if (told) journal.enqueue(told.record).durable.catch(() => {});
    return told !== undefined;
  }
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
