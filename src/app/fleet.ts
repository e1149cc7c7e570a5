import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type pino from 'pino';
import type { KafkaJournal } from '../adapters/kafka/journal.ts';
import { type LogConsumer, openLogConsumer } from '../adapters/kafka/log-consumer.ts';
import type { RawTopic } from '../adapters/kafka/raw.ts';
import { rawMessage } from '../api/raw.ts';
import type { FleetParts } from '../api/services.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import { createEngine } from '../engine/create.ts';
import { createFleetEngine, type FleetEngine } from '../engine/fleet.ts';
import type { EngineState } from '../engine/fold.ts';
import { createGuard, type Guard } from '../engine/guard/guard.ts';
import { createModelRecords } from '../engine/model-records.ts';
import { createControlShare, nextDay } from '../engine/policy/control-share.ts';
import { createPolicy, type PolicyService } from '../engine/policy/policy.ts';
import { createSuppression } from '../engine/policy/suppression.ts';
import { deletedIn, repeatedRecord } from '../engine/repeated.ts';
import { createRoster, type FoldedRoster } from '../engine/roster.ts';
import { warmUp } from '../engine/warm-up.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { makeFolder } from '../journal/local/folder.ts';
import { openRegistry } from '../models/registry.ts';
import { createProfiles } from '../profiles/memory.ts';
import { createErasures } from '../projections/erasures.ts';
import { createKeys } from '../projections/keys.ts';
import { type Core, configured, type Overrides } from './core.ts';
import { followDeleted } from './deleted.ts';
import { createLog } from './log.ts';
import { openShared, type Shared } from './shared.ts';
import { tracedEngine } from './tracing.ts';

export interface FleetCore extends Core {
  journal: KafkaJournal;
  engine: FleetEngine;
  /** The way in of the workers. */
  raw: RawTopic;
  fleet: FleetParts;
}

type Log = pino.Logger;

/** What a process of a fleet decides with: Kafka's log, Redis' profiles, and keys, models and the policy folded from the log. */
export async function openFleetCore(config: Config, overrides: Overrides = {}, token?: string): Promise<FleetCore> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? createLog(config.logLevel);
  makeFolder(config.dataDir);
  const shared = await openShared(config, clock, log);
  try {
    return await coreOf(shared, { config, overrides, token, clock, log });
  } catch (error) {
    await shared.close();
    throw error;
  }
}

interface Given {
  config: Config;
  overrides: Overrides;
  token: string | undefined;
  clock: Clock;
  log: Log;
}

async function coreOf(shared: Shared, { config, overrides, token, clock, log }: Given): Promise<FleetCore> {
  const { journal, profiles, raw, limiter, answers } = shared;
  const { entityTypes, ownHabits: own } = config;
  const state: EngineState = {
    profiles: createProfiles({ entityTypes, own }),
    undecided: new Map(),
    formerKeys: new Map(),
    deleted: new Set(),
  };
  const registry = openRegistry(join(config.dataDir, 'models'));
  const models = createModelRecords({ journal, registry, clock, log });
  const roster = createRoster({
    share: models.share,
    ...{ journal, registry, profiles: state.profiles, entityTypes, own, currency: config.baseCurrency, clock, log },
  });
  const keys = createKeys({ journal, clock, bootstrap: config.apiKey, local: token });
  const stopDeleted = followDeleted(journal, profiles, state.deleted, log);
  const policy = createPolicy({ journal, clock, entityTypes, stopwatch: () => performance.now() });
  await foldControl(journal, [models, keys, roster, policy]);
  roster.start(overrides.serving === undefined ? configured(registry, config) : { serving: overrides.serving });

  const { behind, stop: stopWatching } = watchControl(journal, clock);
  const deciders = new Set<(record: JournalRecord) => void>();
  const guard = createGuard({ journal, roster, clock, stopwatch: () => performance.now(), log });
  const engine = engineOf(shared, {
    guard,
    state,
    roster,
    policy,
    deciders,
    config,
    clock,
    log,
    warmUpMs: overrides.warmUpMs,
  });
  const repeating = shared.keep(await repeatLog(shared));
  log.info({ sequence: journal.durable }, 'the log of the fleet is followed');
  return {
    ...{ journal, state, engine: tracedEngine(engine), keys, answers, registry, roster, guard, policy, raw },
    erasures: createErasures({ journal, clock, log }),
    resume: async () => {},
    get champion() {
      return roster.champion ?? null;
    },
    fleet: {
      get profilesHealthy() {
        return profiles.healthy;
      },
      get profilesProblem() {
        return profiles.problem;
      },
      get policyBehind() {
        return behind();
      },
      limiter,
      figures: {
        onDecided(listener) {
          deciders.add(listener);
          return () => deciders.delete(listener);
        },
        ...{ journal: journal.stats, raw: raw.stats, profiles: profiles.stats },
        consumers: { profiles: repeating.stats },
      },
    },
    async close() {
      guard.close();
      stopDeleted();
      stopWatching();
      await shared.close();
    },
  };
}

interface EngineParts {
  guard: Guard;
  state: EngineState;
  roster: FoldedRoster;
  policy: PolicyService;
  /** Told of each decision of this process. */
  deciders: ReadonlySet<(record: JournalRecord) => void>;
  config: Config;
  clock: Clock;
  log: Log;
  warmUpMs: number | undefined;
}

function engineOf({ journal, profiles, raw }: Shared, parts: EngineParts): FleetEngine {
  const { guard, state, roster, policy, deciders, config, clock, log, warmUpMs } = parts;
  // What others let through today before this process came, it does not know.
  const control = createControlShare(policy.log.state, config.entityTypes, nextDay(clock()));
  journal.subscribe(control.fold);
  const suppression = createSuppression(policy.log.state, config.entityTypes);
  journal.subscribe(suppression.fold);
  const ports = {
    onModelFailed: guard.failed,
    ...{ journal, deleted: state.deleted, serving: roster.servingFor, servingOf: roster.servingOf },
    ...{ policy: policy.inForce, policyAt: policy.at, draw: control.draw, suppressed: suppression.isSuppressed },
    ...{ naming: config, cases: config.cases, clock, stopwatch: () => performance.now(), newId: () => newId(clock()) },
    onError(error: unknown, what: string) {
      // What is away is said where it is found to be, and counted.
      const isAway = error instanceof AssayError && error.code === 'unavailable';
      if (!isAway) log.error({ err: error }, what);
    },
  };
  if (roster.champion) {
    const near = createEngine({ ...ports, profiles: state.profiles, state, defer: setImmediate });
    warmUp(near, clock(), () => performance.now(), warmUpMs);
  }
  return createFleetEngine({
    ...ports,
    profiles,
    onDecided(record) {
      for (const listener of deciders) listener(record);
    },
    send: (_transaction, submission) => raw.send(rawMessage(submission)),
  });
}

/** Keys, models and the policy: all there are, then those that come. */
async function foldControl(
  journal: KafkaJournal,
  folds: readonly { fold(record: JournalRecord): void }[],
): Promise<void> {
  let folded = -1;
  let early: JournalRecord[] | undefined = [];
  const fold = (record: JournalRecord) => {
    const { offset } = record.position!;
    if (offset <= folded) return;
    folded = offset;
    for (const each of folds) each.fold(record);
  };
  journal.subscribe((record) => {
    if (!/^(key|model|policy)\./.test(record.type)) return;
    if (early) early.push(record);
    else fold(record);
  });
  for await (const record of journal.control()) fold(record);
  for (const record of early) fold(record);
  early = undefined;
}

const LOOK_EVERY_MS = 250;
const BEHIND_AFTER_MS = 1_000;

/** Whether what was read of assay.control has waited for more than a second to be in force here. */
function watchControl(journal: KafkaJournal, clock: Clock): { behind: () => boolean; stop: () => void } {
  let since: number | undefined;
  const look = () => {
    if (journal.stats().controlPending === 0) since = undefined;
    else since ??= clock();
    return since !== undefined && clock() - since > BEHIND_AFTER_MS;
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { behind: look, stop: () => clearInterval(timer) };
}

/** This process's share in repeating the log to the profiles. */
async function repeatLog({ kafka, journal, profiles }: Shared): Promise<LogConsumer> {
  const formerKeys = new Map<number, number>();
  const consumer = await openLogConsumer({
    ...kafka,
    voids: journal.voids,
    next: profiles.next,
    untaken: profiles.untaken,
    async repeat(partition, records, next, taken) {
      await profiles.markDeleted(deletedIn(records));
      await profiles.repeat(
        partition,
        records.map((record) => repeatedRecord(record, profiles.entityTypes, formerKeys)),
        next,
        taken,
      );
    },
  });
  profiles.onReconnected(consumer.seek);
  return consumer;
}
