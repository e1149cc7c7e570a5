import { performance } from 'node:perf_hooks';
import { setImmediate as breathe } from 'node:timers/promises';
import type pino from 'pino';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { newId } from '../domain/id.ts';
import { type Backtests, type BacktestsPorts, createBacktests } from '../engine/backtest/backtests.ts';
import type { Core } from './core.ts';

export function openBacktests(config: Config, core: Core, clock: Clock, log: pino.Logger): Backtests {
  return createBacktests(backtestPorts(config, core, clock, (error) => log.warn({ err: error }, 'a backtest')));
}

/** What backtests need of a core, with pauses between their turns. */
export function backtestPorts(
  config: Config,
  core: Core,
  clock: Clock,
  onError: BacktestsPorts['onError'],
): BacktestsPorts {
  const { journal, roster, policy, state, columns } = core;
  return {
    ...{
      journal,
      // They hold no metadata, which columns of one's own are read from.
      columns: config.schema === undefined ? columns : undefined,
      clock,
      entityTypes: config.entityTypes,
      own: config.ownHabits,
      ttlDays: config.fleet ? 0 : config.profileTtlDays,
      maturityDays: config.labelMaturityDays,
    },
    deleted: state.deleted,
    serving: () => roster.champion,
    servingOf(version: string) {
      try {
        return roster.servingOf(version);
      } catch {
        // Damaged, or of features that are not served here: as good as gone.
        return undefined;
      }
    },
    policyAt: policy.at,
    secret: () => policy.log.state.secret,
    profiles: config.fleet ? undefined : state.profiles,
    ...{
      breathe: () => breathe(),
      stopwatch: () => performance.now(),
      newId: () => newId(clock()).replaceAll('-', ''),
    },
    onError,
  };
}
