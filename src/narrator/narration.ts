import type { Narrative, NarrativeData, NoText } from '../domain/narrative.ts';
import type { DecisionData } from '../domain/records.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import type { Asker } from './asker.ts';
import { factsOf } from './facts.ts';
import type { CaseFacts } from './narrator.ts';
import { tell } from './template.ts';

/**
 * Texts beside decisions. The template's is always there; a language model's comes after the decision is durable and
 * answered, from a bounded queue off the journal, and is kept in the journal as a record of its own, which nothing that
 * decides reads.
 */
export interface Narration {
  /** The language model's name; undefined where there is none. */
  readonly model: string | undefined;
  /** What a model wrote of a decision, if it did. */
  written(transactionId: string): Promise<Narrative | undefined>;
  /** The text of a decision's record: a model's, or the template's. With `ask` a model is asked where it has not been. */
  ofDecision(record: JournalRecord, ask: boolean): Promise<Told>;
  /** The text of a case; a model's are kept in memory only, since cases grow. */
  ofCase(facts: CaseFacts, ask: boolean): Promise<Told>;
  status(): NarrationStatus;
  close(): Promise<void>;
}

export interface Told {
  narrative: Narrative;
  /** Why the template's stands, where a model was asked. */
  failure?: NoText;
}

export interface NarrationStatus {
  /** Decisions that wait to be told. */
  waiting: number;
  /** Let go because too many waited; those that waited longest go first. */
  dropped: number;
  /** Texts of the model that were taken. */
  written: number;
  /** By why there was no text. */
  failures: Partial<Record<NoText, number>>;
  open: boolean;
  stuck: number;
}

export interface NarrationPorts {
  journal: Journal;
  /** Undefined: the template alone. */
  asker?: { asker: Asker; model: string; close(): Promise<void> };
  /** Which decisions are told without being asked for. */
  narrate: 'alerts' | 'all' | 'none';
  /** Texts asked for at once. */
  concurrency: number;
  /** Whether a transaction was deleted. */
  hidden: (transactionId: string) => boolean;
  /** Epoch milliseconds. */
  clock: () => number;
  log: { warn(fields: object, message: string): void };
  /** Decisions that may wait. */
  capacity?: number;
}

const CAPACITY = 256;
const CASES_KEPT = 200;
const MIN_WAIT_MS = 20;
const MAX_WAIT_MS = 30_000;

/** Of a model that was asked; neither where there is none to ask, or nothing to ask about any more. */
type Tried = Partial<Told>;

export function createNarration(ports: NarrationPorts): Narration {
  const { journal, asker: model, narrate, concurrency, hidden, clock, log, capacity = CAPACITY } = ports;
  const status = { dropped: 0, written: 0, failures: {} as NarrationStatus['failures'] };
  const queue: JournalRecord[] = [];
  /** Texts that are being asked for, so that nobody asks twice. */
  const asking = new Map<string, Promise<Tried>>();
  const cases = new Map<string, Narrative>();
  let working = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const wanted = (record: JournalRecord) =>
    record.type === 'decision' &&
    (narrate === 'all' || (record.data as unknown as DecisionData).decision.decision !== 'approve');

  const unsubscribe =
    model && narrate !== 'none'
      ? journal.subscribe((record) => {
          if (closed || !wanted(record)) return;
          if (queue.length >= capacity) {
            queue.shift();
            if (status.dropped++ === 0) log.warn({ capacity }, 'the narrator lags: decisions stay with the template');
          }
          queue.push(record);
          // Nothing is begun in the tick of the journal.
          if (working < concurrency && timer === undefined) wake(0);
        })
      : () => {};

  function wake(ms: number): void {
    if (closed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      while (!closed && working < concurrency && queue.length > 0) {
        const waitMs = model!.asker.waitMs();
        if (waitMs > 0) return wake(Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, waitMs)));
        working++;
        // The newest first: what people look at now. What is old goes when the queue is full.
        void take(queue.pop()!).finally(() => {
          working--;
          if (queue.length > 0) wake(0);
        });
      }
    }, ms);
    timer.unref();
  }

  async function take(record: JournalRecord): Promise<void> {
    try {
      const { id } = (record.data as unknown as DecisionData).transaction;
      if (!(await written(id))) await askAbout(id, record);
    } catch (error) {
      log.warn({ err: error }, 'a decision could not be put into words');
    }
  }

  function failed(failure: NoText): Tried {
    status.failures[failure] = (status.failures[failure] ?? 0) + 1;
    return { failure };
  }

  /** Asks once for whoever asks meanwhile. */
  function once(name: string, task: () => Promise<Tried>): Promise<Tried> {
    const known = asking.get(name);
    if (known) return known;
    const asked = task().finally(() => asking.delete(name));
    asking.set(name, asked);
    return asked;
  }

  function askAbout(id: string, record: JournalRecord): Promise<Tried> {
    return once(`n:${id}`, async () => {
      if (!model || closed || hidden(id)) return {};
      const asked = await model.asker.ask(factsOf(record));
      if ('failure' in asked) return failed(asked.failure);
      return hidden(id) ? {} : await keep(id, asked.narrative);
    });
  }

  /** The first text of a decision stays. It stands in the personal block, so that it can be erased like what it may tell. */
  async function keep(id: string, narrative: Narrative): Promise<Tried> {
    if (closed) return {};
    const data: NarrativeData = { transactionId: id, model: narrative.model ?? '' };
    try {
      await journal.enqueue({
        ...{ type: 'narrative', at: clock(), key: `n:${id}` },
        ...{ data: { ...data }, personal: { narrative } },
      }).durable;
    } catch (error) {
      const earlier = await written(id);
      if (earlier) return { narrative: earlier };
      log.warn({ err: error }, 'a narrative could not be kept');
      return failed('journal');
    }
    status.written++;
    return { narrative };
  }

  async function askOfCase(name: string, facts: CaseFacts): Promise<Tried> {
    if (!model || closed) return {};
    const asked = await model.asker.ask(facts);
    if ('failure' in asked) return failed(asked.failure);
    status.written++;
    cases.set(name, asked.narrative);
    if (cases.size > CASES_KEPT) cases.delete(cases.keys().next().value!);
    return asked;
  }

  /** Where the log cannot be asked, the template stands: a read is not refused for a text beside it. */
  async function written(id: string): Promise<Narrative | undefined> {
    const record = await journal.find(`n:${id}`).catch(() => undefined);
    return record?.personal?.narrative as Narrative | undefined;
  }

  return {
    model: model?.model,
    written,
    async ofDecision(record, ask) {
      const { id } = (record.data as unknown as DecisionData).transaction;
      const kept = await written(id);
      if (kept) return { narrative: kept };
      const { narrative, failure } = ask ? await askAbout(id, record) : {};
      return told(narrative ?? tell(factsOf(record)), failure);
    },
    async ofCase(facts, ask) {
      // A case that has grown is told anew.
      const name = `${facts.id} ${facts.transactions} ${facts.score}`;
      const known = cases.get(name);
      if (known) return { narrative: known };
      const { narrative, failure } = ask ? await once(`case ${name}`, () => askOfCase(name, facts)) : {};
      return told(narrative ?? tell(facts), failure);
    },
    status: () => ({
      ...status,
      failures: { ...status.failures },
      waiting: queue.length,
      open: model?.asker.open ?? false,
      stuck: model?.asker.stuck ?? 0,
    }),
    async close() {
      closed = true;
      clearTimeout(timer);
      unsubscribe();
      queue.length = 0;
      model?.asker.close();
      await Promise.allSettled(asking.values());
      await model?.close();
    },
  };
}

function told(narrative: Narrative, failure: NoText | undefined): Told {
  return failure ? { narrative, failure } : { narrative };
}
