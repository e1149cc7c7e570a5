import type { Outcome } from '../../domain/decision.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import type { Columns } from '../columns/columns.ts';
import { type Curve, thresholdCurve } from './curve.ts';
import type { EvaluatorPorts } from './evaluator.ts';
import { type BacktestJobs, createBacktestJobs } from './jobs.ts';
import { type Overridden, overriddenBy } from './overridden.ts';
import { preview } from './preview.ts';
import { createRecent, RECENT_DECISIONS } from './recent.ts';
import { type RuleStatistics, ruleStatistics } from './rule-statistics.ts';
import type { Backtest, BacktestDone } from './run.ts';
import { createPause, type TurnPorts } from './turns.ts';

/** What policies would have done: over the log as jobs, over the newest decisions at once. */
export interface Backtests {
  readonly jobs: BacktestJobs;
  /** Over the newest so many decisions in memory. */
  preview(tried: Pick<Backtest, 'policy' | 'inForce' | 'samples'>, last?: number): Promise<BacktestDone>;
  /** What rules hit of late; all that were asked for are answered. `since`: from when on that is known, milliseconds. */
  statistics(ids: readonly string[], outcomeOf: (id: string) => Outcome | undefined): Promise<Statistics>;
  /** Declines of the last month, among the newest in memory, that the rule would have overridden. */
  overridden(tried: Pick<Backtest, 'policy' | 'inForce'>, ruleId: string): Promise<Overridden>;
  /** What thresholds would have flagged of the newest so many. */
  curve(last?: number): Promise<Curve>;
  close(): Promise<void>;
}

export interface Statistics {
  since: number;
  rules: RuleStatistics[];
}

const MONTH_MS = 30 * 86_400_000;

export interface BacktestsPorts extends EvaluatorPorts, TurnPorts {
  journal: Journal;
  columns?: Columns | undefined;
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
  /** The newest so many of those that were not deleted. */
  const newestKept = (most: number) =>
    recent
      .newest(RECENT_DECISIONS)
      .filter(({ record }) => !ports.deleted.has((record.data as unknown as DecisionData).transaction.id))
      .slice(-most);
  const inTurns = () => ({ ...ports, pause: createPause(ports) });
  const jobs = createBacktestJobs({ ...ports, pause: createPause(ports) });
  return {
    jobs,
    async preview(tried, last = RECENT_DECISIONS) {
      await recent.ready();
      return preview(inTurns(), tried, newestKept(last));
    },
    async statistics(ids, outcomeOf) {
      await recent.ready();
      return { since: recent.since, rules: await ruleStatistics(inTurns(), recent.hits(0), ids, outcomeOf) };
    },
    async overridden(tried, ruleId) {
      await recent.ready();
      const from = ports.clock() - MONTH_MS;
      const decisions = recent.newest(RECENT_DECISIONS).filter(({ record }) => record.at >= from);
      return overriddenBy(inTurns(), tried, ruleId, decisions);
    },
    async curve(last = RECENT_DECISIONS) {
      await recent.ready();
      return thresholdCurve(inTurns(), recent.newest(last));
    },
    async close() {
      recent.close();
      await jobs.close();
    },
  };
}
