import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pino from 'pino';
import { type KafkaJournal, openKafkaJournal } from '../adapters/kafka/journal.ts';
import { type LogConsumer, openLogConsumer } from '../adapters/kafka/log-consumer.ts';
import { openRawTopic, type RawTopic } from '../adapters/kafka/raw.ts';
import { openRedisProfiles, type RedisProfiles } from '../adapters/redis/profiles.ts';
import { openRedisRateLimiter } from '../adapters/redis/rate-limit.ts';
import { rawMessage } from '../api/raw.ts';
import type { FleetParts } from '../api/services.ts';
import type { Config, FleetConfig } from '../config.ts';
import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import { createEngine } from '../engine/create.ts';
import { createFleetEngine, type FleetEngine } from '../engine/fleet.ts';
import type { EngineState } from '../engine/fold.ts';
import { createModelRecords } from '../engine/model-records.ts';
import { deletedIn, repeatedRecord } from '../engine/repeated.ts';
import { createRoster } from '../engine/roster.ts';
import { warmUp } from '../engine/warm-up.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { openRegistry } from '../models/registry.ts';
import { createProfiles } from '../profiles/memory.ts';
import { createKeys } from '../projections/keys.ts';
import { type Core, configured, type Overrides } from './core.ts';
import { createLog } from './log.ts';
import { tracedEngine } from './tracing.ts';

export interface FleetCore extends Core {
  journal: KafkaJournal;
  engine: FleetEngine;
  /** The way in of the workers. */
  raw: RawTopic;
  fleet: FleetParts;
}

type Log = pino.Logger;

/** How long a start waits for brokers that do not answer, before it gives up and a supervisor tries again. */
const START_MS = 60_000;
const AGAIN_MS = 1_000;
/** What was deleted just while this process began to follow the log is known after so long at the latest. */
const DELETED_EVERY_MS = 30_000;

/** What a process of a fleet decides with: Kafka's log, Redis' profiles, and keys and models folded from the log. */
export async function openFleetCore(config: Config, overrides: Overrides = {}, token?: string): Promise<FleetCore> {
  const clock = overrides.clock ?? Date.now;
  const log = overrides.log ?? createLog(config.logLevel);
  const { entityTypes, namespace } = config;
  const fleet = config.fleet!;
  mkdirSync(config.dataDir, { recursive: true });
  const kafka = kafkaOptions(fleet, namespace, log);
  const profiles = await openRedisProfiles({
    ...{ url: fleet.redisUrl, namespace, entityTypes, clock, log },
    ...{ deadlineMs: fleet.redisDeadlineMs, ttlDays: fleet.profileTtlDays },
  });
  const onWarning = (error: unknown) => log.warn({ err: error }, 'the log of the fleet');
  const journal = await patiently(() => openKafkaJournal({ ...kafka, index: profiles, onWarning }), log).catch(
    async (error) => {
      await profiles.close();
      throw error;
    },
  );

  const state: EngineState = { profiles: createProfiles({ entityTypes }), undecided: new Map(), deleted: new Set() };
  const registry = openRegistry(join(config.dataDir, 'models'));
  const models = createModelRecords({ journal, registry, clock, log });
  const roster = createRoster({
    share: models.share,
    ...{ journal, registry, profiles: state.profiles, entityTypes, currency: config.baseCurrency, clock, log },
  });
  const keys = createKeys({ journal, clock, bootstrap: config.apiKey, local: token });
  const stopDeleted = followDeleted(journal, profiles, state.deleted, log);
  await foldControl(journal, [models, keys, roster]);
  roster.start(overrides.serving === undefined ? configured(registry, config) : { serving: overrides.serving });

  const raw = await openRawTopic(kafka);
  const ports = {
    ...{ journal, deleted: state.deleted, serving: () => roster.champion, servingOf: roster.servingOf },
    ...{ naming: config, clock, stopwatch: () => performance.now(), newId: () => newId(clock()) },
    onError(error: unknown, what: string) {
      // What is away is said where it is found to be, and counted.
      const isAway = error instanceof AssayError && error.code === 'unavailable';
      if (!isAway) log.error({ err: error }, what);
    },
  };
  const deciders = new Set<(record: JournalRecord) => void>();
  const engine = createFleetEngine({
    ...ports,
    profiles,
    onDecided(record) {
      for (const listener of deciders) listener(record);
    },
    send: (_transaction, submission) => raw.send(rawMessage(submission)),
  });
  if (roster.champion) {
    const near = createEngine({ ...ports, profiles: state.profiles, state, defer: setImmediate });
    warmUp(near, clock(), () => performance.now());
  }
  const limiter = openRedisRateLimiter({
    ...{ url: fleet.redisUrl, namespace, max: config.rateLimitMax, windowMs: config.rateLimitWindowMs, log },
    deadlineMs: fleet.redisDeadlineMs,
  });
  const repeating = await repeatLog(kafka, journal, profiles);
  log.info({ sequence: journal.durable }, 'the log of the fleet is followed');

  return {
    ...{ journal, state, engine: tracedEngine(engine), keys, registry, roster, raw },
    resume: async () => {},
    get champion() {
      return roster.champion ?? null;
    },
    fleet: {
      get profilesHealthy() {
        return profiles.healthy;
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
      stopDeleted();
      await repeating.close();
      await raw.close();
      await journal.close();
      await Promise.all([profiles.close(), limiter.close()]);
    },
  };
}

function kafkaOptions(fleet: FleetConfig, namespace: string, log: Log) {
  const { brokers, partitions, replication, minInsync, rawRetentionDays, logRetentionDays } = fleet;
  return {
    ...{ brokers, namespace, partitions, replication, minInsync, rawRetentionDays, log },
    retentionDays: logRetentionDays,
  };
}

/** Processes and brokers of a fleet start in any order. */
async function patiently<T>(open: () => Promise<T>, log: Log): Promise<T> {
  for (const end = performance.now() + START_MS; ; ) {
    try {
      return await open();
    } catch (error) {
      const isAway = error instanceof AssayError && error.code === 'unavailable';
      if (!isAway || performance.now() > end) throw error;
      log.warn({ reason: error.message }, 'Kafka does not answer yet');
      await sleep(AGAIN_MS);
    }
  }
}

/** Keys and models: all there are, then those that come. */
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
    if (!/^(key|model)\./.test(record.type)) return;
    if (early) early.push(record);
    else fold(record);
  });
  for await (const record of journal.control()) fold(record);
  for (const record of early) fold(record);
  early = undefined;
}

/** Ids of deleted transactions: those that Redis knows of, and those that come. */
function followDeleted(journal: KafkaJournal, profiles: RedisProfiles, deleted: Set<string>, log: Log): () => void {
  const stop = journal.subscribe((record) => {
    for (const id of deletedIn([record])) deleted.add(id);
  });
  const load = async () => {
    try {
      for (const id of await profiles.loadDeleted()) deleted.add(id);
    } catch (error) {
      log.warn({ reason: (error as Error).message }, 'the ids of deleted transactions are not known yet');
    }
  };
  void load();
  profiles.onReconnected(() => void load());
  const timer = setInterval(load, DELETED_EVERY_MS);
  timer.unref();
  return () => {
    stop();
    clearInterval(timer);
  };
}

/** This process's share in repeating the log to the profiles. */
async function repeatLog(
  kafka: ReturnType<typeof kafkaOptions>,
  journal: KafkaJournal,
  profiles: RedisProfiles,
): Promise<LogConsumer> {
  const consumer = await openLogConsumer({
    ...kafka,
    voids: journal.voids,
    next: profiles.next,
    async repeat(partition, records, next) {
      await profiles.markDeleted(deletedIn(records));
      await profiles.repeat(partition, records.map(repeatedRecord), next);
    },
  });
  profiles.onReconnected(consumer.seek);
  return consumer;
}
