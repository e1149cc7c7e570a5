import type { DecisionData, LabelData } from '../domain/records.ts';
import type { ShadowRow, ShadowRows } from '../domain/shadow.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import { unlessRemoved } from '../journal/removed.ts';
import { outcomeOf } from '../policy/thresholds.ts';
import { type Comparison, createComparison } from './comparison.ts';
import { eventOfRecord } from './event.ts';
import type { Serving } from './judge.ts';
import { type Transfer, transferOf } from './transfer.ts';

/**
 * A challenger, scored from the journal: after a decision is durable and answered, in small turns between other work.
 * Its queue is bounded; where decisions come faster than it gets to score them, it lets some go and counts them.
 */
export interface Shadow {
  readonly version: string;
  /** Up to where it has read the log. */
  readonly position: number;
  report(): ShadowReport;
  close(): Promise<void>;
}

export interface ShadowReport extends Comparison {
  /** Records that wait to be scored. */
  waiting: number;
  /** Records that were let go because too many waited. */
  dropped: number;
  /** Decisions that could not be scored beside, such as those made without a model. */
  skipped: number;
  /** The newest decisions on which the two did not agree, the newest first. */
  disagreements: ShadowRow[];
}

export interface ShadowPorts {
  journal: Journal;
  rows: ShadowRows;
  challenger: Serving;
  /** Sequence of the record that began it: what was decided before is not scored. */
  since: number;
  servingOf: (version: string) => Serving | undefined;
  /** Runs a task once what waits now has had its turn. */
  defer: (task: () => void) => void;
  /** Runs a task after a moment in which more gathers: scored together, they cost less each. */
  linger: (task: () => void) => void;
  log: { warn(fields: object, message: string): void };
  /** Records that may wait. */
  capacity?: number;
}

const CAPACITY = 20_000;
/** Decisions scored before others have their turn: a fraction of a millisecond. */
const ROWS_A_TURN = 8;

export function createShadow(ports: ShadowPorts): Shadow {
  const { journal, rows, challenger, defer, linger, log, capacity = CAPACITY } = ports;
  const { model } = challenger;
  const comparison = createComparison(rows.find);
  const transfers = new Map<string, Transfer | undefined>();
  const vector = new Float64Array(challenger.features.names.length);
  let queue: JournalRecord[] = [];
  let next = 0;
  let position = ports.since;
  let dropped = 0;
  let skipped = 0;
  let catchingUp = true;
  let scheduled = false;
  let closed = false;

  const unsubscribe = journal.subscribe((record) => {
    if (catchingUp || (record.type !== 'decision' && record.type !== 'label')) return;
    if (queue.length - next >= capacity) {
      if (dropped++ === 0) log.warn({ version: model.version, capacity }, 'the challenger lags: decisions are let go');
      return;
    }
    queue.push(record);
    schedule(linger);
  });

  /** What was kept of it, then the journal from there on until it is level. */
  async function catchUp(): Promise<void> {
    await rows.read(
      (row) => {
        comparison.add(row);
        position = Math.max(position, row.sequence);
      },
      (label) => {
        comparison.label(label);
        position = Math.max(position, label.sequence);
      },
    );
    let turn = 0;
    while (position < journal.durable && !closed)
      for await (const record of journal.read(position + 1)) {
        if (closed) return;
        await take(record);
        if (++turn % ROWS_A_TURN === 0) await new Promise<void>((resolve) => defer(resolve));
      }
    // Level in this very tick: what comes next comes by the subscription.
    catchingUp = false;
  }

  function schedule(soon: (task: () => void) => void): void {
    if (scheduled || closed) return;
    scheduled = true;
    soon(() => void turn());
  }

  async function turn(): Promise<void> {
    try {
      for (let i = 0; i < ROWS_A_TURN && next < queue.length && !closed; i++) await take(queue[next++]);
    } catch (error) {
      log.warn({ err: error, version: model.version }, 'the challenger could not be scored');
    }
    if (next === queue.length || next >= 1024) {
      queue = queue.slice(next);
      next = 0;
    }
    scheduled = false;
    if (queue.length > next) schedule(defer);
  }

  /** Synchronous for decisions, so that a turn of them is one. */
  function take(record: JournalRecord): void | Promise<void> {
    if (record.sequence <= position) return;
    position = record.sequence;
    if (record.type === 'decision') return score(record);
    if (record.type === 'label') return label(record);
  }

  function score(record: JournalRecord): void {
    const { decision } = record.data as unknown as DecisionData;
    const transfer = decision.model && record.vector && transferFrom(decision.model.version);
    if (!transfer) {
      skipped++;
      return;
    }
    transfer.apply(record.vector!, eventOfRecord(record, []), vector);
    const probability = model.calibrate(model.score(vector));
    const row = {
      sequence: record.sequence,
      champion: { probability: decision.probability, outcome: decision.decision },
      shadow: { probability, outcome: outcomeOf(probability, model.thresholds) },
    };
    rows.addRow(row);
    comparison.add(row);
  }

  function transferFrom(version: string): Transfer | undefined {
    if (transfers.has(version)) return transfers.get(version);
    const from = ports.servingOf(version);
    const transfer = from && transferOf(from, challenger);
    const usable = transfer?.missing.length === 0 ? transfer : undefined;
    if (!usable)
      log.warn(
        { version: model.version, champion: version, missing: transfer?.missing },
        'decisions of this model do not hold what the challenger reads',
      );
    transfers.set(version, usable);
    return usable;
  }

  async function label(record: JournalRecord): Promise<void> {
    const { transactionId, label } = record.data as unknown as LabelData;
    const first = await unlessRemoved(journal.find(`t:${transactionId}`));
    const decision = first?.type === 'intake' ? await journal.find(`d:${transactionId}`) : first;
    if (!decision || !rows.find(decision.sequence)) return;
    const entry = { sequence: record.sequence, decision: decision.sequence, fraud: label === 'fraud' };
    rows.addLabel(entry);
    comparison.label(entry);
  }

  void catchUp().catch((error) => {
    if (!closed) log.warn({ err: error, version: model.version }, 'the challenger could not read the journal');
  });

  return {
    version: model.version,
    get position() {
      return position;
    },
    report: () => ({
      ...comparison.result(),
      waiting: catchingUp ? journal.durable - position : queue.length - next,
      dropped,
      skipped,
      disagreements: comparison.disagreements(),
    }),
    async close() {
      closed = true;
      unsubscribe();
      await rows.close();
    },
  };
}

/** The figures of a challenger that is not scored any more, from what was kept of it. */
export async function pastReport(rows: ShadowRows): Promise<ShadowReport> {
  const comparison = createComparison(rows.find);
  await rows.read(comparison.add, comparison.label);
  return { ...comparison.result(), waiting: 0, dropped: 0, skipped: 0, disagreements: comparison.disagreements() };
}
