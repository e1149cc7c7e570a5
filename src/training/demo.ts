import { toBody } from './generator/format.ts';
import { generate } from './generator/generate.ts';
import { createQueue } from './generator/heap.ts';
import { type Telling, tellingsOf, told } from './generator/telling.ts';
import type { GeneratedTransaction } from './generator/transaction.ts';

/** How the stream reaches the server it is for, and what it must not take for itself. */
export interface DemoPorts {
  /** Posts a body as a client would; resolves with the HTTP status, 0 where there was no answer. */
  send(path: string, body: Record<string, unknown>): Promise<number>;
  clock: () => number;
  /** A new one for each stream, so that each has people of its own. */
  seed: () => number;
  onError: (error: unknown) => void;
}

export interface DemoState {
  running: boolean;
  rate: number;
  seconds: number;
  posted: number;
  labelled: number;
  failed: number;
  startedAt?: number;
  endsAt?: number;
  stopped?: string;
}

const TICK_MS = 50;
/** A server that is slower than the rate is waited for. */
const MOST_UNDER_WAY = 64;
const MOST_FAILURES_IN_A_ROW = 20;
const MOST_WAITING = 20_000;
const DAY = 86_400_000;
/** The stream is a month of its people's lives, lived in its seconds and ending now; a habit takes that to show. */
const DAYS = 30;
const PAYMENTS_A_PERSON = 24;
const MOST_PEOPLE = 2_000;
/** More than in life, so that there is something to look at. */
const FRAUD_RATE = 0.04;
/** A day of waiting for what becomes of a payment, and the least and the most of it for the truth. */
const DAY_MS = 200;
const TRUTH_WAIT_MS = [1_500, 8_000] as const;

interface Due {
  time: number;
  id: string;
  telling: Telling;
}

/** A bounded stream of generated payments and their labels; at most one at a time. */
export function createDemo(ports: DemoPorts) {
  let state: DemoState = { running: false, rate: 0, seconds: 0, posted: 0, labelled: 0, failed: 0 };
  let end = async (_why: string | undefined): Promise<void> => {};

  function run(rate: number, seconds: number): void {
    const { clock } = ports;
    const startedAt = clock();
    const seed = ports.seed();
    const own: DemoState = {
      ...{ running: true, rate, seconds, posted: 0, labelled: 0, failed: 0 },
      ...{ startedAt, endsAt: startedAt + seconds * 1000 },
    };
    state = own;
    const transactions = Math.ceil(rate * seconds);
    const rows = generate({
      ...{ transactions, seed, days: DAYS, start: startedAt - DAYS * DAY, fraudRate: FRAUD_RATE },
      users: Math.min(MOST_PEOPLE, Math.max(20, Math.round(transactions / PAYMENTS_A_PERSON))),
    });
    const waiting = createQueue<Due>(MOST_WAITING);
    const underWay = new Set<Promise<void>>();
    let owed = 0;
    let before = startedAt;
    let failuresInARow = 0;

    const post = (path: string, body: Record<string, unknown>, done: () => void) => {
      const sent: Promise<void> = ports
        .send(path, body)
        .catch(() => 0)
        .then((status) => {
          underWay.delete(sent);
          if (status >= 200 && status < 300) {
            failuresInARow = 0;
            return done();
          }
          own.failed++;
          if (++failuresInARow >= MOST_FAILURES_IN_A_ROW)
            void stop(status === 0 ? 'no answer' : `refused with status ${status}`);
        });
      underWay.add(sent);
    };
    const pay = (row: GeneratedTransaction) => {
      const id = `demo_${seed.toString(36)}_${row.id}`;
      // What the stream plans for the last seconds may lie a little ahead.
      row.time = Math.min(row.time, clock());
      post('/api/transactions', { ...toBody(row, true), id }, () => {
        own.posted++;
        for (const telling of tellingsOf(row)) {
          if (waiting.size >= MOST_WAITING) return;
          const wait = ((telling.time - row.time) / DAY) * DAY_MS;
          const due = telling.path === 'events' ? wait : Math.max(wait, TRUTH_WAIT_MS[0]);
          waiting.push({ time: clock() + Math.min(due, TRUTH_WAIT_MS[1]), id, telling });
        }
      });
    };
    const tell = ({ id, telling }: Due) => {
      post(`/api/transactions/${id}/${telling.path}`, told(telling, clock()), () => {
        if (telling.path !== 'events') own.labelled++;
      });
    };

    const tick = () => {
      const now = clock();
      // At most a second of it is caught up.
      owed = Math.min(owed + ((now - before) / 1000) * rate, Math.max(rate, 1));
      before = now;
      for (let next = waiting.peek(); next && next.time <= now; next = waiting.peek()) {
        waiting.pop();
        tell(next);
      }
      for (; owed >= 1 && underWay.size < MOST_UNDER_WAY; owed--) {
        const row = rows.next();
        if (row.done) return void stop(undefined);
        pay(row.value);
      }
      if (now >= (own.endsAt ?? 0)) void stop(undefined);
    };
    const timer = setInterval(() => {
      try {
        tick();
      } catch (error) {
        ports.onError(error);
        void stop('it failed');
      }
    }, TICK_MS);
    timer.unref();

    async function stop(why: string | undefined): Promise<void> {
      clearInterval(timer);
      if (own.running && why !== undefined) own.stopped = why;
      own.running = false;
      await Promise.all(underWay);
    }
    end = stop;
  }

  return {
    start({ rate, seconds }: { rate: number; seconds: number }): DemoState {
      if (state.running) void end('started anew');
      run(rate, seconds);
      return { ...state };
    },
    status: (): DemoState => ({ ...state }),
    async stop(): Promise<DemoState> {
      await end('stopped');
      return { ...state };
    },
  };
}
