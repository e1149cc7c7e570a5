import type { Core } from '../app.ts';
import { newId } from '../domain/id.ts';
import { type DecisionData, type LabelData, labelledEvent } from '../domain/records.ts';
import { takeSubmission } from '../intake/submission.ts';
import type { IntakeRules } from '../intake/transaction.ts';
import type { ReplaySink } from './replay-into.ts';

/** Straight into a data directory that no server holds. `moment.now` is the clock: history happens when it happened. */
export function coreSink(core: Core, rules: IntakeRules, moment: { now: number }): ReplaySink {
  const { engine, journal } = core;
  return {
    async decide(rows) {
      const submissions = rows.map(({ body, time }) => {
        const receipt = { id: String(body.id), receivedAt: time };
        return takeSubmission(body, receipt, rules);
      });
      const answers = await engine.decideInOrder(submissions, (submission) => {
        moment.now = submission.transaction.time;
      });
      return answers.map(({ record, idempotent }) => ({
        decision: (record.data as unknown as DecisionData).decision.decision,
        repeated: idempotent,
      }));
    },
    async label(id, label, at) {
      const record = await journal.find(`t:${id}`);
      if (!record) return false;
      const key = `c:replay:${id}:${at}`;
      if (await journal.find(key)) return false;
      moment.now = at;
      const event = labelledEvent(record);
      const data: LabelData = { labelId: newId(at), transactionId: id, label, source: 'chargeback', event };
      // Durable with the decisions that follow it: the log keeps its order.
      journal.enqueue({ type: 'label', at, key, data: { ...data } }).durable.catch(() => {});
      return true;
    },
  };
}
