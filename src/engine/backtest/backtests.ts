import type { Journal } from '../../journal/journal.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import type { EvaluatorPorts } from './evaluator.ts';
import { type BacktestJobs, createBacktestJobs } from './jobs.ts';
import { preview } from './preview.ts';
import { createRecent, RECENT_DECISIONS } from './recent.ts';
import type { Backtest, BacktestDone } from './run.ts';
import { createPause, type TurnPorts } from './turns.ts';

/** What policies would have done: over the log as jobs, over the newest decisions at once. */
export interface Backtests {
  readonly jobs: BacktestJobs;
  /** Over the newest so many decisions in memory. */
  preview(tried: Pick<Backtest, 'policy' | 'inForce' | 'samples'>, last?: number): Promise<BacktestDone>;
  close(): Promise<void>;
}

export interface BacktestsPorts extends EvaluatorPorts, TurnPorts {
  journal: Journal;
  clock: () => number;
  maturityDays: number;
  deleted: ReadonlySet<string>;
  /** Of this process; undefined where they are elsewhere. */
  profiles: Profiles | undefined;
  newId: () => string;
  onError: (error: unknown) => void;
}

export function createBacktests(ports: BacktestsPorts): Backtests {
  const recent = createRecent({ ...ports, pause: createPause(ports) });
  const jobs = createBacktestJobs({ ...ports, pause: createPause(ports) });
  return {
    jobs,
    async preview(tried, last = RECENT_DECISIONS) {
      await recent.ready();
      return preview({ ...ports, pause: createPause(ports) }, tried, recent.newest(last));
    },
    async close() {
      recent.close();
      await jobs.close();
    },
  };
}
