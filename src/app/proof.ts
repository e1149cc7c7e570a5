import type pino from 'pino';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { createPause } from '../engine/backtest/turns.ts';
import { createProofs, type Proofs } from '../engine/proof/proofs.ts';
import { backtestPorts } from './backtests.ts';
import type { Core } from './core.ts';

export function openProofs(config: Config, core: Core, clock: Clock, log: pino.Logger): Proofs {
  const ports = backtestPorts(config, core, clock, (error) => log.warn({ err: error }, 'a proof'));
  return createProofs({ ...ports, pause: createPause(ports) });
}
