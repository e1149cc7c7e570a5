import { useSyncExternalStore } from 'react';
import { mayRead } from '../api/sign-in.ts';
import type { LabelValue, LiveEvent, Transaction } from '../api/types.ts';
import { createConnection, type LiveStatus } from './connection.ts';
import { createRing, type FeedRow, toFeedRow } from './ring.ts';
import { createSeconds } from './seconds.ts';

/** The one live feed of the page: events wait for the next frame, then the store changes once for all of them. */
const CAPACITY = 5_000;
/** Faster than this nobody reads. */
const FLUSH_MS = 100;
/** In a hidden tab no frames come, so that a timer has to do. */
const HIDDEN_FLUSH_MS = 1_000;

const ring = createRing(CAPACITY);
const seconds = createSeconds(62);
let waiting: LiveEvent[] = [];
let scheduled = false;
let flushedAt = 0;
let version = 0;
let status: LiveStatus = { state: 'connecting', attempts: 0 };
let figures: LiveFigures | undefined;
/** Counts what came over the line, for pages that refresh what they asked for. */
const totals = { decisions: 0, alerts: 0, changes: 0, promotions: 0, cases: 0, narrated: 0, policies: 0 };
/** Cases as people left them, the latest last. Bounded: beyond it the oldest go. */
const cases = new Map<string, LiveCase>();
const MAX_CASES = 500;

export interface LiveFigures {
  perMinute: number;
  latencyMs: { p50: number; p95: number; p99: number };
}

/** What the feed says of a case that somebody did something to. */
export interface LiveCase {
  caseId: string;
  action: 'assign' | 'comment' | 'resolve';
  version: number;
  status: 'open' | 'resolved';
  assignee: string | null;
  resolution: string | null;
}

const onChange = new Set<() => void>();
const onStatus = new Set<() => void>();

const connection = createConnection(
  (event) => {
    waiting.push(event);
    // Bounded even where no frame ever comes.
    if (waiting.length > CAPACITY) flush();
    else schedule();
  },
  (next) => {
    status = next;
    for (const listener of onStatus) listener();
  },
  mayRead,
);

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  if (document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS);
  else requestAnimationFrame(frame);
}

function frame(now: number): void {
  if (now - flushedAt < FLUSH_MS) requestAnimationFrame(frame);
  else {
    flushedAt = now;
    flush();
  }
}

document.addEventListener('visibilitychange', () => {
  if (waiting.length > 0) flush();
});

function flush(): void {
  scheduled = false;
  const events = waiting;
  waiting = [];
  if (events.length === 0) return;
  for (const event of events) take(event);
  version++;
  for (const listener of onChange) listener();
}

function take({ type, at, data, seq }: LiveEvent): void {
  const time = Date.parse(at);
  switch (type) {
    case 'transaction.decided': {
      const row = toFeedRow(data as unknown as Transaction);
      if (!ring.push(row)) return;
      totals.decisions++;
      if (row.decision) seconds.add(time, row.decision);
      return;
    }
    case 'alert':
      // Of a payment: drift is an alert too.
      if ('transactionId' in data) totals.alerts++;
      return;
    case 'case.changed': {
      const changed = data as unknown as LiveCase;
      totals.cases++;
      cases.delete(changed.caseId);
      cases.set(changed.caseId, changed);
      if (cases.size > MAX_CASES) cases.delete(cases.keys().next().value!);
      return;
    }
    case 'transaction.finalized':
      amend(data.transactionId, { status: 'finalized' });
      return;
    case 'label.recorded':
    case 'dispute.recorded':
    case 'event.recorded':
    case 'transaction.reviewed':
      // What is in force after it, where the server could say.
      if (data.effective !== undefined)
        amend(data.transactionId, { label: (data.effective as { label: LabelValue } | null)?.label });
      return;
    case 'transaction.narrated':
      totals.narrated++;
      return;
    case 'model.promoted':
      totals.promotions++;
      return;
    case 'policy.changed':
      totals.policies++;
      return;
    case 'stats': {
      figures = data as unknown as LiveFigures;
      const missed = Number(data.missed ?? 0);
      if (missed > 0) ring.push({ kind: 'gap', id: `gap ${seq}`, at: time, missed });
      return;
    }
    default:
  }
}

/** The row is shared with whoever shows it. */
function amend(id: unknown, change: Partial<FeedRow>): void {
  totals.changes++;
  const row = ring.get(String(id));
  if (row) Object.assign(row, change);
}

let started = false;

export const live = {
  start(): void {
    if (started) return;
    started = true;
    connection.start();
  },
  retryNow: () => connection.retryNow(),
  rows: () => ring.rows(),
  get: (id: string) => ring.get(id),
  /** What was last done to a case, if anything was since this page was opened. */
  case: (id: string) => cases.get(id),
  seed(transactions: Transaction[]): void {
    ring.seed(transactions.map(toFeedRow));
    version++;
    for (const listener of onChange) listener();
  },
  lastSeconds: () => seconds.last(Date.now()),
  figures: () => figures,
  totals: () => totals,
  version: () => version,
  subscribe(listener: () => void): () => void {
    onChange.add(listener);
    return () => onChange.delete(listener);
  },
};

/** Changes at most once a frame, whenever anything came. */
export function useLiveVersion(): number {
  return useSyncExternalStore(live.subscribe, live.version);
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => {
      onStatus.add(listener);
      return () => onStatus.delete(listener);
    },
    () => status,
  );
}
