import type pino from 'pino';
import type { FleetParts } from '../api/services.ts';
import type { Config } from '../config.ts';
import type { AnswerStore } from '../domain/answer-store.ts';
import type { Clock } from '../domain/clock.ts';
import type { Columns } from '../engine/columns/columns.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineState } from '../engine/fold.ts';
import type { Guard } from '../engine/guard/guard.ts';
import type { Serving } from '../engine/judge.ts';
import type { PolicyService } from '../engine/policy/policy.ts';
import type { Configured, FoldedRoster } from '../engine/roster.ts';
import type { ScaAdvisor } from '../engine/sca.ts';
import type { Journal } from '../journal/journal.ts';
import type { Mirror } from '../journal/mirror/mirror.ts';
import type { Registry } from '../models/registry.ts';
import type { Narrator } from '../narrator/narrator.ts';
import type { Erasures } from '../projections/erasures.ts';
import type { FoldedKeys } from '../projections/keys.ts';
import type { Base } from './base.ts';

export interface Overrides {
  clock?: Clock;
  log?: pino.Logger;
  /** Replaces the model from disk; null serves none. */
  serving?: Serving | null;
  /** Called where the log cannot go on; ends the process by default. */
  onFatal?: (error: unknown) => void;
  /** How long the engine is warmed up at most, in milliseconds; 400 by default, and 0 leaves it cold. */
  warmUpMs?: number;
  /** When what was only taken in is decided; at once by default. */
  defer?: (task: () => void) => void;
  /** Replaces the language model that is configured. */
  narrator?: Narrator;
}

/** What decides: journal, profiles, model and engine, without HTTP or a database. */
export interface Core {
  journal: Journal;
  engine: Engine;
  /** What this process itself folds of the journal; in a fleet, profiles are elsewhere and these are empty. */
  state: EngineState;
  keys: FoldedKeys;
  registry: Registry;
  roster: FoldedRoster;
  guard: Pick<Guard, 'state'>;
  policy: PolicyService;
  erasures: Erasures;
  /** Answers to requests with an Idempotency-Key: in the data directory, or shared by the fleet. */
  answers: AnswerStore;
  /** The log as backtests read it; absent in a fleet. */
  columns?: Columns;
  /** What the state is restored from without the log; absent in a fleet. */
  base?: Base;
  /** Advises payments of the exemption for low risk, where that is on; absent in a fleet. */
  sca?: ScaAdvisor;
  /** A copy of the log elsewhere, where one is configured. */
  mirror?: Mirror;
  /** What the processes of a fleet share; absent on one machine. */
  fleet?: FleetParts;
  /** The model that decides; null where none does. */
  readonly champion: Serving | null;
  /** Decides what was taken in and not decided when the process ended. */
  resume(): Promise<void>;
  /** Takes a last snapshot and closes the journal. */
  close(): Promise<void>;
}

/** The model of the configuration: kept by its version whether it decides or not; it decides unless another one was promoted. */
export function configured(registry: Registry, config: Config): Configured {
  try {
    return { model: registry.admit(config.modelDir) };
  } catch (error) {
    return { error };
  }
}
