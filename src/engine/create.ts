import { AssayError } from '../domain/errors.ts';
import type { IntakeData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { assess } from './assess.ts';
import { counterfactuals } from './counterfactual/counterfactuals.ts';
import { type DecidePorts, decide, decideInOrder, decisionEntry, findEarlier, takenMeanwhile } from './decide.ts';
import type { Engine, Submission } from './engine.ts';
import { joined, split } from './entry.ts';
import { entityKeys } from './event.ts';
import { explain, judgeAgain, transactionOf } from './explain.ts';
import type { EngineState } from './fold.ts';
import type { Serving } from './judge.ts';
import type { InForce } from './policy/in-force.ts';

export interface EnginePorts extends DecidePorts {
  state: EngineState;
  /** The model of a version, serving or not. */
  servingOf: (version: string) => Serving | undefined;
  /** The policy of a version, over lists as they were at a time. */
  policyAt?: (version: number, listsAt: number) => InForce | undefined;
  newId: () => string;
  /** Runs a task soon, off the caller's path. */
  defer: (task: () => void) => void;
  onError: (error: unknown, what: string) => void;
}

/** Transactions that wait to be decided asynchronously: beyond this the server asks clients to come back. */
const MAX_WAITING = 10_000;

export function createEngine(ports: EnginePorts): Engine & { resume(): Promise<void> } {
  const { journal, state } = ports;
  let waiting = 0;

  /** Decides an intake from its record; a failure is recorded, to be retried. Synchronous up to durability. */
  function settle(intake: JournalRecord) {
    const data = intake.data as unknown as IntakeData;
    const { id } = data.transaction;
    try {
      const submission: Submission = {
        transaction: joined(data, intake.personal),
        bodyHash: data.bodyHash,
        by: data.by,
      };
      return journal.enqueue(decisionEntry(ports, submission, `d:${id}`, ports.stopwatch()));
    } catch (error) {
      ports.onError(error, `deciding ${id}`);
      const reason = error instanceof Error ? error.message : String(error);
      const data = { transactionId: id, error: reason };
      return journal.enqueue({ type: 'failed', at: ports.clock(), key: `x:${ports.newId()}`, data });
    }
  }

  function settleSoon(intake: JournalRecord): void {
    waiting++;
    ports.defer(() => {
      waiting--;
      try {
        settle(intake).durable.catch((error) => ports.onError(error, 'recording an asynchronous decision'));
      } catch (error) {
        ports.onError(error, 'recording an asynchronous decision');
      }
    });
  }

  return {
    decide: (submission) => decide(ports, submission),
    decideInOrder: (submissions, before) => decideInOrder(ports, submissions, before),

    async accept(submission) {
      const key = `t:${submission.transaction.id}`;
      const earlier = (await findEarlier(ports, key, submission)) ?? takenMeanwhile(ports, key, submission);
      if (earlier) return { record: await earlier, idempotent: true };
      if (waiting >= MAX_WAITING)
        throw new AssayError('unavailable', 'Too many transactions wait to be decided.', { retryAfterSeconds: 1 });
      const { entityTypes } = ports.naming;
      const { data, personal } = split(submission, entityKeys(submission.transaction, ports.naming), entityTypes);
      const { record, durable } = journal.enqueue({
        type: 'intake',
        at: ports.clock(),
        key,
        aliases: submission.alias ? [submission.alias] : undefined,
        data: { ...data },
        personal,
      });
      await durable;
      settleSoon(record);
      return { record, idempotent: false };
    },

    async retry(id) {
      const intake = await journal.find(`t:${id}`);
      if (!intake || state.deleted.has(id)) throw new AssayError('not_found', `There is no transaction ${id}.`);
      const open = state.undecided.get(id);
      if (!open) throw new AssayError('conflict', `Transaction ${id} is decided.`);
      if (!open.failed) throw new AssayError('processing', `Transaction ${id} is still being decided.`);
      open.failed = false;
      const { record, durable } = settle(intake);
      await durable;
      return record;
    },

    score(transaction) {
      const began = ports.stopwatch();
      const { decision } = assess(ports, transaction, entityKeys(transaction, ports.naming), ports.clock());
      return { decision, latencyMs: Math.round((ports.stopwatch() - began) * 1000) / 1000 };
    },

    rescore(record) {
      const began = ports.stopwatch();
      const decision = judgeAgain(ports, record);
      if (!decision) return this.score(transactionOf(record));
      return { decision, latencyMs: Math.round((ports.stopwatch() - began) * 1000) / 1000 };
    },

    explain: (record) => explain(ports, record),
    counterfactuals: (record, earlier) => counterfactuals(ports, record, earlier, () => ports.profiles),

    get ready() {
      return ports.serving() !== undefined || (ports.policy?.().hasLive ?? false);
    },
    get modelVersion() {
      return ports.serving()?.model.version;
    },

    /** Decides what was taken in and not decided when the process ended. */
    async resume() {
      for (const { sequence, failed } of [...state.undecided.values()]) {
        if (failed) continue;
        const intake = await journal.get(sequence);
        if (intake) settleSoon(intake);
      }
    },
  };
}
