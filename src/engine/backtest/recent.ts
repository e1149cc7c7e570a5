import type { DecisionData } from '../../domain/records.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';

/** A decision of late and what was said of it since. */
export interface RecentDecision {
  /** Without the words that no rule reads: its reasons and its sentence. */
  record: JournalRecord;
  told: JournalRecord[] | undefined;
}

/** The newest decisions in memory, followed from the log: what previews and the figures of rules are made of. */
export interface Recent {
  /** Resolves once what was in the log at the start has been read. */
  ready(): Promise<void>;
  /** The newest so many, the oldest first. */
  newest(most: number): RecentDecision[];
  /** Those of late that some rule hit, the oldest first. */
  hits(from: number): RecentDecision[];
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
  capacity?: number;
}

export const RECENT_DECISIONS = 50_000;
/** Hits of rules are remembered for so long, and so many at most. */
export const HITS_DAYS = 30;
const MOST_HITS = 100_000;
/** Records that are read back at a start. */
const READ_BACK = 300_000;
const DAY = 86_400_000;

export function createRecent(ports: RecentPorts): Recent {
  const { journal, clock, capacity = RECENT_DECISIONS } = ports;
  const newest = createRing(capacity);
  const hits = createRing(MOST_HITS);
  let since = Number.POSITIVE_INFINITY;
  let catchingUp = true;
  let closed = false;

  function take(record: JournalRecord): void {
    if (record.at < since) since = record.at;
    if (record.type === 'decision') {
      const one = { record: slim(record), told: undefined };
      newest.push(one);
      const { rules } = (record.data as unknown as DecisionData).decision;
      if (rules.length > 0 && record.at >= clock() - HITS_DAYS * DAY) {
        const dropped = hits.push(one);
        if (dropped) since = Math.max(since, dropped.record.at);
      }
      return;
    }
    if (!TELLING.has(record.type)) return;
    const { transactionId } = record.data as { transactionId?: string };
    const one = transactionId === undefined ? undefined : (newest.find(transactionId) ?? hits.find(transactionId));
    if (one) (one.told ??= []).push(record);
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
        await ports.pause();
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

function slim(record: JournalRecord): JournalRecord {
  const { sequence, version, type, at, key, personal, vector } = record;
  const data = record.data as unknown as DecisionData;
  const { reasons: _, fraudExplanation: __, oodWarning: ___, ...decision } = data.decision;
  const { transaction, entities, named, location, ruleVector, ruleSchema, ruleApproximate } = data;
  const kept = { transaction, entities, named, location, decision, ruleVector, ruleSchema, ruleApproximate };
  return {
    ...{ sequence, version, type, at, key, data: kept as Record<string, unknown> },
    ...(personal ? { personal } : {}),
    ...(vector ? { vector } : {}),
  };
}

function createRing(capacity: number) {
  const ring: RecentDecision[] = [];
  const byId = new Map<string, RecentDecision>();
  let next = 0;
  const idOf = ({ record }: RecentDecision) => (record.data as unknown as DecisionData).transaction.id;
  return {
    find: (id: string) => byId.get(id),
    /** What it took the place of. */
    push(one: RecentDecision): RecentDecision | undefined {
      const id = idOf(one);
      if (byId.has(id)) return undefined;
      const dropped = ring[next];
      if (dropped) byId.delete(idOf(dropped));
      ring[next] = one;
      next = (next + 1) % capacity;
      byId.set(id, one);
      return dropped;
    },
    last(most: number): RecentDecision[] {
      const inOrder = ring.length < capacity ? ring : [...ring.slice(next), ...ring.slice(0, next)];
      return inOrder.slice(Math.max(0, inOrder.length - most));
    },
  };
}
