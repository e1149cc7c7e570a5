import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pino from 'pino';
import { type KafkaJournal, openKafkaJournal } from '../adapters/kafka/journal.ts';
import type { KafkaOptions } from '../adapters/kafka/options.ts';
import { openRawTopic, type RawTopic } from '../adapters/kafka/raw.ts';
import { openRedisAnswers } from '../adapters/redis/answers.ts';
import { openRedisProfiles, type RedisProfiles } from '../adapters/redis/profiles.ts';
import { openRedisRateLimiter, type RedisRateLimiter } from '../adapters/redis/rate-limit.ts';
import type { Config, FleetConfig, TlsConfig } from '../config.ts';
import type { AnswerStore } from '../domain/answer-store.ts';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import { createOutage } from '../domain/outage.ts';

interface Closeable {
  close(): Promise<unknown>;
}

/** What the processes of a fleet share, reached over the network. */
export interface Shared {
  kafka: KafkaOptions;
  profiles: RedisProfiles;
  limiter: RedisRateLimiter;
  answers: AnswerStore;
  journal: KafkaJournal;
  /** The way in of the workers. */
  raw: RawTopic;
  /** Closes it with the others. */
  keep<T extends Closeable>(one: T): T;
  /** What was opened last first. */
  close(): Promise<void>;
}

/** How long a start waits for brokers that do not answer, before it gives up and a supervisor tries again. */
const START_MS = 60_000;
const AGAIN_MS = 1_000;

/** Throws where Kafka does not answer for a minute, or Redis would drop profiles; nothing is left open then. */
export async function openShared(config: Config, clock: Clock, log: pino.Logger): Promise<Shared> {
  const { namespace, entityTypes, ownHabits: own, rateLimitMax: max, rateLimitWindowMs: windowMs } = config;
  const {
    redisUrl: url,
    redisCaFile,
    redisDeadlineMs: deadlineMs,
    profileTtlDays: ttlDays,
    idTtlDays: keyTtlDays,
    ...fleet
  } = config.fleet!;
  const opened: Closeable[] = [];
  const keep = <T extends Closeable>(one: T): T => {
    opened.push(one);
    return one;
  };
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  };
  const kafka = kafkaOptions(fleet, namespace, log);
  const ca = redisCaFile === undefined ? undefined : pemOf('REDIS_TLS_CA', redisCaFile);
  const onWarning = (error: unknown) => log.warn({ err: error }, 'the log of the fleet');
  try {
    const profiles = keep(
      await openRedisProfiles({ url, ca, namespace, entityTypes, own, deadlineMs, ttlDays, keyTtlDays, clock, log }),
    );
    const limiter = keep(openRedisRateLimiter({ url, ca, namespace, max, windowMs, deadlineMs, log }));
    const answers = keep(openRedisAnswers({ url, ca, namespace, log }));
    const journal = keep(await patiently(() => openKafkaJournal({ ...kafka, index: profiles, onWarning }), log));
    const raw = keep(await patiently(() => openRawTopic(kafka), log));
    return { kafka, profiles, limiter, answers, journal, raw, keep, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Topics = Omit<FleetConfig, 'redisUrl' | 'redisCaFile' | 'redisDeadlineMs' | 'profileTtlDays' | 'idTtlDays'>;

export function kafkaOptions(fleet: Topics, namespace: string, log?: pino.Logger): KafkaOptions {
  const { brokers, partitions, replication, minInsync, rawRetentionDays, logRetentionDays, kafkaTls } = fleet;
  return {
    ...{ tls: kafkaTls && tlsOf(kafkaTls), sasl: fleet.kafkaSasl },
    ...{ brokers, namespace, partitions, replication, minInsync, rawRetentionDays, ...(log ? { log } : {}) },
    retentionDays: logRetentionDays,
  };
}

function tlsOf({ caFile, certFile, keyFile }: TlsConfig) {
  return {
    ...(caFile ? { ca: pemOf('KAFKA_TLS_CA', caFile) } : {}),
    ...(certFile ? { cert: pemOf('KAFKA_TLS_CERT', certFile) } : {}),
    ...(keyFile ? { key: pemOf('KAFKA_TLS_KEY', keyFile) } : {}),
  };
}

export function pemOf(variable: string, file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN ')) return text;
  } catch (error) {
    throw new Error(`${variable}: ${(error as Error).message}`);
  }
  throw new Error(`${variable}: ${file} is not a PEM file`);
}

/** Processes and brokers of a fleet start in any order. */
async function patiently<T>(open: () => Promise<T>, log: pino.Logger): Promise<T> {
  const outage = createOutage((reason) => log.warn({ reason }, 'Kafka does not answer yet; it is tried again'));
  for (const end = performance.now() + START_MS; ; ) {
    try {
      return await open();
    } catch (error) {
      const isAway = error instanceof AssayError && error.code === 'unavailable';
      if (!isAway || performance.now() > end) throw error;
      outage.failed(error);
      await sleep(AGAIN_MS);
    }
  }
}
