import { AssayError } from '../../domain/errors.ts';
import type { Journal } from '../../journal/journal.ts';
import { type Backtest, type BacktestDone, type BacktestMode, type BacktestPorts, runBacktest } from './run.ts';

export interface BacktestJob {
  id: string;
  status: 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  progress: number;
  mode: BacktestMode;
  result?: BacktestDone['result'];
  /** Why it failed. */
  error?: string;
}

/** Backtests of this process, one at a time; what they found is kept in memory, the newest of it. */
export interface BacktestJobs {
  /** Throws `unavailable` where too many wait, `invalid_request` where the kept log does not reach. */
  start(backtest: Backtest): Promise<BacktestJob>;
  get(id: string): BacktestJob | undefined;
  /** False where there is none. One that is over stays as it is. */
  cancel(id: string): boolean;
  /** Whether one runs or waits. */
  readonly isBusy: boolean;
  close(): Promise<void>;
}

export interface JobsPorts extends Omit<BacktestPorts, 'pause' | 'onProgress' | 'journal'> {
  journal: Journal;
  newId: () => string;
  /** Lets others have their turn. */
  pause: () => Promise<void> | undefined;
  onError: (error: unknown) => void;
}

const MOST_WAITING = 8;
const MOST_KEPT = 50;
const CANCELLED = Symbol('cancelled');

export function createBacktestJobs(ports: JobsPorts): BacktestJobs {
  const jobs = new Map<string, BacktestJob>();
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let closed = false;

  async function run(job: BacktestJob, backtest: Backtest): Promise<void> {
    const isOver = () => closed || job.status !== 'running';
    if (isOver()) return;
    try {
      const { mode, result } = await runBacktest(
        {
          ...ports,
          pause() {
            if (isOver()) throw CANCELLED;
            return ports.pause();
          },
          onProgress(share, mode) {
            job.progress = Math.round(share * 1000) / 1000;
            job.mode = mode;
          },
        },
        backtest,
      );
      if (isOver()) return;
      Object.assign(job, { status: 'done', progress: 1, mode, result });
    } catch (error) {
      if (error === CANCELLED) return;
      ports.onError(error);
      Object.assign(job, { status: 'failed', error: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    async start(backtest) {
      if (waiting >= MOST_WAITING)
        throw new AssayError('unavailable', `${MOST_WAITING} backtests are running or waiting; cancel one, or wait.`, {
          retryAfterSeconds: 10,
        });
      waiting++;
      try {
        await assertReached(ports.journal, backtest);
      } catch (error) {
        waiting--;
        throw error;
      }
      const job: BacktestJob = { id: `bt_${ports.newId()}`, status: 'running', progress: 0, mode: backtest.mode };
      jobs.set(job.id, job);
      for (const [id, { status }] of jobs) {
        if (jobs.size <= MOST_KEPT) break;
        if (status !== 'running') jobs.delete(id);
      }
      last = last.then(() => run(job, backtest)).finally(() => waiting--);
      return job;
    },
    get isBusy() {
      return waiting > 0;
    },
    get: (id) => jobs.get(id),
    cancel(id) {
      const job = jobs.get(id);
      if (job?.status === 'running') job.status = 'cancelled';
      return job !== undefined;
    },
    close() {
      closed = true;
      return last;
    },
  };
}

/** Throws `invalid_request` where the log was cut later than what is asked. */
async function assertReached(journal: Journal, { from, to, mode }: Backtest): Promise<void> {
  if (from >= to) throw refused('/from', 'must be earlier than to');
  let first: { sequence: number; at: number } | undefined;
  // What stays of what was cut out is older than the log that is held whole.
  for await (const record of journal.read(journal.status?.().begins ?? 1)) {
    first = record;
    break;
  }
  if (!first) return;
  if (to <= first.at) throw refused('/to', `lies before the log, which begins at ${new Date(first.at).toISOString()}`);
  if (first.sequence === 1) return;
  const begins = new Date(first.at).toISOString();
  if (mode === 'recomputed') throw refused('/mode', `needs the whole log, and what is kept begins at ${begins}`);
  if (from < first.at && from > 0)
    throw refused('/from', `lies before what is kept of the log, which begins at ${begins}`);
}

const refused = (path: string, message: string) =>
  new AssayError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
