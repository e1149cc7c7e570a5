import { AssayError } from '../domain/errors.ts';
import type { Event } from '../domain/event.ts';
import type { IntakeData } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { profileKeys } from '../profiles/keys.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { SharedProfiles } from '../profiles/shared.ts';
import { assess } from './assess.ts';
import { counterfactuals } from './counterfactual/counterfactuals.ts';
import { asAnswer, type DecidePorts, decisionEntry, findEarlier, type Recorded, takenMeanwhile } from './decide.ts';
import type { Engine, Submission } from './engine.ts';
import { split } from './entry.ts';
import { entityKeys, eventOf, eventOfRecord } from './event.ts';
import { explain, judgeAgain, transactionOf } from './explain.ts';
import type { Serving } from './judge.ts';
import { type InForce, NO_POLICY } from './policy/in-force.ts';
import { type Pass, passOf } from './policy/pass.ts';
import { type Fetched, reachLinked } from './reach.ts';

export interface FleetPorts extends Omit<DecidePorts, 'profiles'> {
  profiles: SharedProfiles;
  /** The model of a version, serving or not. */
  servingOf: (version: string) => Serving | undefined;
  /** The policy of a version, over lists as they were at a time. */
  policyAt?: (version: number, listsAt: number) => InForce | undefined;
  newId: () => string;
  /** Hands a transaction to the workers; resolves when it is durable. */
  send: (transaction: Transaction, submission: Submission) => Promise<void>;
  /** A decision that was made here is durable, and no other process was first. */
  onDecided?: (record: JournalRecord) => void;
  onError: (error: unknown, what: string) => void;
}

export interface FleetEngine extends Engine {
  /**
   * Decides what was taken in for later: once, whoever else tries. The decision's record, or that of a failure. Throws
   * `conflict` where its id was taken by another body, and `unavailable` where nothing can be recorded now.
   */
  settle(submission: Submission): Promise<JournalRecord>;
}

/** The same decisions where profiles and the log are shared by many processes: each step is a round trip with a deadline. */
export function createFleetEngine(ports: FleetPorts): FleetEngine {
  const { journal, profiles } = ports;
  const fetchFor = async (event: Event, pass: Pass) =>
    reachLinked(profiles, await profiles.fetch(profileKeys(event)), event, pass);
  /** The profiles that a transaction is decided by. */
  function fetchOf(transaction: Transaction): Promise<Fetched> {
    const entities = entityKeys(transaction, ports.naming);
    const pass = passOf(ports.serving(entities), ports.policy?.() ?? NO_POLICY, profiles.entityTypes);
    return fetchFor(eventOf(transaction, entities), pass);
  }
  const keyOf = (submission: Submission) => `t:${submission.transaction.id}`;

  /** What took the key: an earlier record, or one that another process appended just before. */
  const known = async (key: string, submission: Submission) =>
    (await findEarlier(ports, key, submission)) ?? takenMeanwhile(ports, key, submission);

  /** look up and read → decide → append. The record that holds the key, which may be another process's; and when profiles have learnt it. */
  async function record(submission: Submission, key: string): Promise<Recorded & { learnt?: Promise<void> }> {
    const began = ports.stopwatch();
    const [earlier, view] = await Promise.all([findEarlier(ports, key, submission), fetchOf(submission.transaction)]);
    const taken = earlier ?? takenMeanwhile(ports, key, submission);
    if (taken) return { record: await taken, idempotent: true };
    const entry = decisionEntry({ ...ports, profiles: view.profiles }, submission, key, began, view.degraded);
    const { record, durable } = journal.enqueue(entry);
    await durable;
    const first = await takenMeanwhile(ports, key, submission);
    if (first && first.position?.offset !== record.position?.offset) return { record: first, idempotent: true };
    ports.onDecided?.(record);
    return { record, idempotent: false, learnt: learn(record) };
  }

  /** The log's consumer repeats it, should this not get there. */
  const learn = (record: JournalRecord) =>
    profiles
      .insert(eventOfRecord(record, profiles.entityTypes), record.position!, [record.key, ...(record.aliases ?? [])])
      .catch((error) => ports.onError(error, 'learning at once'));

  /** Whoever asks next, whichever process it is, is decided by profiles that have learnt it. */
  async function decide(submission: Submission): Promise<Recorded> {
    const { learnt, ...recorded } = await record(submission, keyOf(submission));
    await learnt;
    return recorded;
  }

  async function takeIn(submission: Submission): Promise<Recorded> {
    const { entityTypes } = ports.naming;
    const { data, personal } = split(submission, entityKeys(submission.transaction, ports.naming), entityTypes);
    const key = keyOf(submission);
    // A worker may have decided what it was sent a moment ago.
    const taken = takenMeanwhile(ports, key, submission);
    if (taken) return { record: await taken, idempotent: true };
    const { record, durable } = journal.enqueue({
      ...{ type: 'intake', at: ports.clock(), key, data: { ...data }, personal },
      aliases: submission.alias ? [submission.alias] : undefined,
    });
    await durable;
    const first = await takenMeanwhile(ports, key, submission);
    const idempotent = first !== undefined && first.position?.offset !== record.position?.offset;
    return { record: first ?? record, idempotent };
  }

  async function failed(submission: Submission, error: unknown): Promise<JournalRecord> {
    const { id } = submission.transaction;
    ports.onError(error, `deciding ${id}`);
    if (!(await known(keyOf(submission), submission))) await takeIn(submission);
    const data = { transactionId: id, error: error instanceof Error ? error.message : String(error) };
    const { record, durable } = journal.enqueue({ type: 'failed', at: ports.clock(), key: `x:${ports.newId()}`, data });
    await durable;
    return record;
  }

  async function settleOnce(submission: Submission): Promise<JournalRecord> {
    const first = await record(submission, keyOf(submission));
    if (first.record.type !== 'intake') return first.record;
    // The Idempotency-Key is the intake's: asked for by it, the decision would be taken for made.
    const { alias: _, ...open } = submission;
    return (await record(open, `d:${submission.transaction.id}`)).record;
  }

  async function scored(transaction: Transaction) {
    const began = ports.stopwatch();
    const entities = entityKeys(transaction, ports.naming);
    const view = await fetchOf(transaction);
    const { decision } = assess({ ...ports, profiles: view.profiles }, transaction, entities, ports.clock());
    if (view.degraded) decision.degraded = true;
    return { decision, latencyMs: since(began) };
  }

  /** The profiles of several events as one. */
  async function reach(events: readonly Event[], pass: Pass): Promise<Profiles> {
    const views = await Promise.all(events.map((event) => fetchFor(event, pass)));
    const [first] = views;
    const get: Profiles['get'] = (type, key) => {
      for (const view of views) {
        const profile = view.profiles.get(type, key);
        if (profile) return profile;
      }
      return undefined;
    };
    return { ...first.profiles, entityTypes: first.profiles.entityTypes, layouts: first.profiles.layouts, get };
  }

  const since = (began: number) => Math.round((ports.stopwatch() - began) * 1000) / 1000;

  return {
    decide,

    async decideInOrder(submissions, before) {
      const answers: (Recorded | AssayError)[] = [];
      for (const submission of submissions) {
        before(submission);
        answers.push(await decide(submission).catch(asAnswer));
      }
      return answers;
    },

    async accept(submission) {
      const earlier = await known(keyOf(submission), submission);
      // The workers first: what is taken in is then sure to be decided.
      if (!earlier || earlier.type === 'intake') await ports.send(submission.transaction, submission);
      return earlier ? { record: earlier, idempotent: true } : takeIn(submission);
    },

    async retry(id) {
      const intake = await journal.find(`t:${id}`);
      if (!intake || ports.deleted.has(id)) throw new AssayError('not_found', `There is no transaction ${id}.`);
      if (intake.type !== 'intake' || (await journal.find(`d:${id}`)))
        throw new AssayError('conflict', `Transaction ${id} is decided.`);
      return settleOnce(submissionOf(intake));
    },

    async settle(submission) {
      try {
        return await settleOnce(submission);
      } catch (error) {
        if (error instanceof AssayError) throw error;
        return failed(submission, error);
      }
    },

    score: scored,

    async rescore(record) {
      const began = ports.stopwatch();
      const decision = judgeAgain(ports, record);
      return decision ? { decision, latencyMs: since(began) } : scored(transactionOf(record));
    },

    explain: (record) => explain(ports, record),
    counterfactuals: (record, earlier) => counterfactuals(ports, record, earlier, reach),

    get ready() {
      return ports.serving() !== undefined || (ports.policy?.().hasLive ?? false);
    },
    get modelVersion() {
      return ports.serving()?.model.version;
    },
  };
}

/** What was submitted, from the record of its intake. */
function submissionOf(intake: JournalRecord): Submission {
  const { bodyHash, by } = intake.data as unknown as IntakeData;
  return { transaction: transactionOf(intake), bodyHash, ...(by === undefined ? {} : { by }) };
}
