import { useSyncExternalStore } from 'react';
import { ApiError } from '../api/client.ts';
import { labelTransaction, submitTransaction } from '../api/queries.ts';
import { createRandom } from './random.ts';
import { createWorld, type SamplePayment } from './world.ts';

/** The sample stream: payments posted from this page, until it is stopped or the page is closed. */
export interface StreamState {
  running: boolean;
  perSecond: number;
  sent: number;
  failed: number;
  startedAt: number;
  /** Why it stopped by itself. */
  stopped?: unknown;
}

const TICK_MS = 100;
/** More unanswered requests than this and the server is behind: the next tick waits. */
const MAX_OPEN = 24;
/** Confirmed frauds arrive a little later, as chargebacks do, only much sooner. */
const LABEL_AFTER_MS = 4_000;
const LABELLED_SHARE = 0.5;
const MAX_FAILURES_IN_A_ROW = 5;
/** How far back the payments begin; once they reach today, other people begin anew. */
const HISTORY_MS = 30 * 86_400_000;
/** Ordinary payments before the first attack. */
const CALM = 40;

let state: StreamState = { running: false, perSecond: 20, sent: 0, failed: 0, startedAt: 0 };
let timer: ReturnType<typeof setInterval> | undefined;
let open = 0;
let inARow = 0;
const listeners = new Set<() => void>();

function change(next: Partial<StreamState>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

export function startStream(perSecond = state.perSecond): void {
  clearInterval(timer);
  const random = createRandom(crypto.getRandomValues(new Uint32Array(1))[0]);
  const newWorld = () => createWorld(random, Date.now() - HISTORY_MS);
  let world = newWorld();
  inARow = 0;
  change({ running: true, perSecond, sent: 0, failed: 0, startedAt: Date.now(), stopped: undefined });
  let owed = 0;
  let before = performance.now();
  timer = setInterval(() => {
    const now = performance.now();
    // A tab in the background ticks once a second: it catches up by a second at most.
    owed = Math.min(owed + ((now - before) / 1000) * state.perSecond, state.perSecond);
    before = now;
    for (; owed >= 1 && open < MAX_OPEN; owed--) {
      if (world.time() > Date.now()) world = newWorld();
      if (state.sent + open === CALM) world.attack('cardTesting');
      void post(world.next());
    }
  }, TICK_MS);
}

export function stopStream(): void {
  clearInterval(timer);
  timer = undefined;
  change({ running: false });
}

async function post({ body, fraud }: SamplePayment): Promise<void> {
  open++;
  try {
    const { id } = await submitTransaction(body);
    inARow = 0;
    change({ sent: state.sent + 1 });
    if (fraud && Math.random() < LABELLED_SHARE) setTimeout(() => void confirm(id), LABEL_AFTER_MS);
  } catch (error) {
    inARow++;
    change({ failed: state.failed + 1 });
    const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
    if (state.running && (refused || inARow >= MAX_FAILURES_IN_A_ROW)) {
      stopStream();
      change({ stopped: error });
    }
  } finally {
    open--;
  }
}

async function confirm(id: string): Promise<void> {
  // A key that may post need not be one that may label: the stream goes on without.
  await labelTransaction(id, { label: 'fraud', source: 'chargeback' }).catch(() => undefined);
}

export function useStream(): StreamState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
