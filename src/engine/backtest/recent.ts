import type { DecisionData } from '../../domain/records.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import { type Payment, paymentOf } from '../policy/recorded.ts';

/** A decision of late and what was said of it since. */
export interface RecentDecision {
  /** Without what no rule reads: its reasons, its sentence, what it was read of. */
  record: JournalRecord;
  /** As rules see it, made once. */
  payment: Payment;
  told: JournalRecord[] | undefined;
}

/** Of one that some rule hit: what figures of rules are made of. */
export type RecentHit = Omit<RecentDecision, 'payment'>;

/** The newest decisions in memory, followed from the log: what previews and the figures of rules are made of. */
export interface Recent {
  /** Resolves once what was in the log at the start has been read. */
  ready(): Promise<void>;
  /** The newest so many, the oldest first. */
  newest(most: number): RecentDecision[];
  /** Those of late that some rule hit, the oldest first. */
  hits(from: number): RecentHit[];
  /** Hits are known from here on, milliseconds. */
  readonly since: number;
  close(): void;
}

export interface RecentPorts {
  journal: Pick<Journal, 'read' | 'subscribe' | 'durable'>;
  clock: () => number;
  /** Lets others have their turn. */
  pause: () => Promise<void> | undefined;
  onError: (error: unknown) => void;
  entityTypes: readonly string[];
  capacity?: number;
}

export const RECENT_DECISIONS = 50_000;
/** Characters of metadata of all of them: one may bring 16 KiB, beside some 3 KB of everything else. */
const MOST_METADATA = 100_000_000;
/** Hits of rules are remembered for so long, and so many at most. */
export const HITS_DAYS = 30;
const MOST_HITS = 100_000;
/** Records that are read back at a start. */
const READ_BACK = 300_000;
const DAY = 86_400_000;

export function createRecent(ports: RecentPorts): Recent {
  const { journal, clock, capacity = RECENT_DECISIONS } = ports;
  const newest = createRing<RecentDecision>(capacity, MOST_METADATA);
  const hits = createRing<RecentHit>(MOST_HITS);
  let since = Number.POSITIVE_INFINITY;
  let catchingUp = true;
  let closed = false;

  function take(record: JournalRecord): void {
    if (record.at < since) since = record.at;
    if (record.type === 'decision') {
      const payment = paymentOf(record, ports.entityTypes);
      const { metadata } = payment.transaction;
      const weighs = metadata === undefined ? 0 : JSON.stringify(metadata).length;
      newest.push({ record: slim(record, payment), payment, told: undefined }, weighs);
      const { rules } = (record.data as unknown as DecisionData).decision;
      if (rules.length > 0 && record.at >= clock() - HITS_DAYS * DAY) {
        const dropped = hits.push({ record: slimmer(record), told: undefined });
        if (dropped) since = Math.max(since, dropped.record.at);
      }
      return;
    }
    if (!TELLING.has(record.type)) return;
    const { transactionId } = record.data as { transactionId?: string };
    if (transactionId === undefined) return;
    for (const one of [newest.find(transactionId), hits.find(transactionId)]) if (one) (one.told ??= []).push(record);
  }

  const stop = journal.subscribe((record) => {
    if (!catchingUp) take(record);
  });

  async function catchUp(): Promise<void> {
    let position = Math.max(0, journal.durable - READ_BACK);
    while (position < journal.durable && !closed)
      for await (const record of journal.read(position + 1)) {
        if (closed) return;
        take(record);
        position = record.sequence;
        const pausing = ports.pause();
        if (pausing) await pausing;
      }
    // Level in this very tick: what comes next comes by the subscription.
    catchingUp = false;
  }

  const caughtUp = catchUp().catch((error) => {
    catchingUp = false;
    if (!closed) ports.onError(error);
  });

  return {
    ready: () => caughtUp,
    newest: (most) => newest.last(most),
    hits: (from) => hits.last(MOST_HITS).filter(({ record }) => record.at >= from),
    get since() {
      return since;
    },
    close() {
      closed = true;
      stop();
    },
  };
}

const TELLING: ReadonlySet<string> = new Set(['label', 'label.withdraw', 'dispute', 'event', 'review', 'finalize']);

function slim(record: JournalRecord, { transaction }: Payment): JournalRecord {
  const { sequence, version, type, at, key, vector } = record;
  const data = record.data as unknown as DecisionData;
  const decision = { ...data.decision, reasons: undefined, fraudExplanation: undefined, oodWarning: undefined };
  const { entities, ruleVector, ruleSchema, ruleApproximate } = data;
  const kept = { transaction, entities, decision, ruleVector, ruleSchema, ruleApproximate };
  return { sequence, version, type, at, key, data: kept as Record<string, unknown>, ...(vector ? { vector } : {}) };
}

/** What tells its truth, its amount and what hit it. */
function slimmer({ sequence, version, type, at, key, data }: JournalRecord): JournalRecord {
  const { transaction, decision } = data as unknown as DecisionData;
  const { id, time, amountMinor, amountBase, currency } = transaction;
  const kept = {
    transaction: { id, time, amountMinor, amountBase, currency },
    decision: { decision: decision.decision, rules: decision.rules },
  };
  return { sequence, version, type, at, key, data: kept as Record<string, unknown> };
}

/** The newest so many, as far as they weigh no more than `mostWeight` together; the newest is kept in any case. */
export function createRing<One extends RecentHit>(capacity: number, mostWeight = Number.POSITIVE_INFINITY) {
  const ring: (One | undefined)[] = [];
  const weights = new Float64Array(capacity);
  const byId = new Map<string, One>();
  let [oldest, count, weight] = [0, 0, 0];
  const idOf = ({ record }: One) => (record.data as unknown as DecisionData).transaction.id;

  function drop(): One {
    const one = ring[oldest]!;
    byId.delete(idOf(one));
    weight -= weights[oldest];
    // Its place is taken later, or never.
    ring[oldest] = undefined;
    oldest = (oldest + 1) % capacity;
    count--;
    return one;
  }

  return {
    find: (id: string) => byId.get(id),
    /** The last of those that it took the place of. */
    push(one: One, weighs = 0): One | undefined {
      const id = idOf(one);
      if (byId.has(id)) return undefined;
      let dropped: One | undefined;
      while (count === capacity || (count > 0 && weight + weighs > mostWeight)) dropped = drop();
      const place = (oldest + count++) % capacity;
      ring[place] = one;
      weights[place] = weighs;
      weight += weighs;
      byId.set(id, one);
      return dropped;
    },
    last(most: number): One[] {
      const wanted = Math.min(most, count);
      return Array.from({ length: wanted }, (_, i) => ring[(oldest + count - wanted + i) % capacity]!);
    },
  };
}
