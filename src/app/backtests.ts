import { performance } from 'node:perf_hooks';
import { setImmediate as breathe } from 'node:timers/promises';
import type pino from 'pino';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { newId } from '../domain/id.ts';
import { type Backtests, createBacktests } from '../engine/backtest/backtests.ts';
import type { Core } from './core.ts';

export function openBacktests(config: Config, core: Core, clock: Clock, log: pino.Logger): Backtests {
  const { journal, roster, policy, state } = core;
  return createBacktests({
    ...{ journal, clock, entityTypes: config.entityTypes, maturityDays: config.labelMaturityDays },
    deleted: state.deleted,
    serving: () => roster.champion,
    servingOf(version) {
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
    onError: (error) => log.warn({ err: error }, 'a backtest'),
  });
}
