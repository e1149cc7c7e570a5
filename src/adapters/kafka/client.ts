import { ConnectionPool, Consumer, type RecordsBatch } from '@platformatic/kafka';
import { AssayError } from '../../domain/errors.ts';
import type { RawRecord } from './encoding.ts';
import type { Numbered } from './layout.ts';
import { DEFAULT_DEADLINE_MS, type KafkaOptions } from './options.ts';

const LATEST = -1n;
const EARLIEST = -2n;
const RETRY_AFTER_SECONDS = 1;

export function clientOptions(options: KafkaOptions, purpose: string) {
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  return {
    clientId: `assay-${purpose}`,
    bootstrapBrokers: [...options.brokers],
    connectTimeout: Math.min(3_000, deadlineMs),
    requestTimeout: deadlineMs,
    timeout: deadlineMs,
    retries: 0,
    retryDelay: 100,
    metadataMaxAge: 30_000,
  };
}

export function unavailable(what: string, cause?: unknown): AssayError {
  const reason = cause === undefined ? '' : `: ${reasonOf(cause)}`;
  const error = new AssayError('unavailable', `${what}${reason}.`, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  if (cause !== undefined) error.cause = cause;
  return error;
}

/** The innermost message of what the client reports. */
function reasonOf(cause: unknown): string {
  const inner = (cause as AggregateError).errors?.at(-1) ?? (cause as Error).cause;
  return inner ? reasonOf(inner) : ((cause as Error).message ?? String(cause)).replace(/\.$/, '');
}

/** Rejects after the deadline; the work itself goes on and is forgotten. */
export async function within<T>(promise: Promise<T>, deadlineMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(`${what} took longer than ${deadlineMs} ms`)), deadlineMs);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Offsets and fetches over the numbered partitions of a layout. One fetch at a time a broker: the session demands it. */
export interface LogClient {
  /** Leaders by number of the partition; asks the brokers. */
  leaders(numbers: readonly number[]): Promise<Map<number, number>>;
  /** The offset that the next durable record will have, by number. */
  latest(numbers: readonly number[]): Promise<Map<number, number>>;
  /** The first offset that is kept. */
  earliest(numbers: readonly number[]): Promise<Map<number, number>>;
  /** Waits up to `waitMs` for something at or after the positions, which one broker leads. */
  fetch(node: number, positions: Map<number, number>, waitMs: number, maxBytes: number): Promise<Fetched[]>;
  close(): Promise<void>;
}

export interface Fetched {
  number: number;
  records: RawRecord[];
  /** Offset to go on at. */
  next: number;
  highWatermark: number;
}

export function createLogClient(options: KafkaOptions, layout: Numbered, purpose: string): LogClient {
  const base = clientOptions(options, purpose);
  const consumer = new Consumer({ ...base, groupId: `assay-${purpose}`, isolationLevel: 0 });
  const topics = [...new Set(layout.at.map(({ topic }) => topic))];
  for (const topic of topics) consumer.topics.track(topic);
  // Fetches wait at the broker, which answers a connection's requests one by one: they need connections of their own.
  const pool = new ConnectionPool(base.clientId, base);

  const metadata = (forceUpdate: boolean) => consumer.metadata({ topics: [...topics], forceUpdate });

  async function offsets(numbers: readonly number[], timestamp: bigint): Promise<Map<number, number>> {
    const partitions: Record<string, number[]> = {};
    for (const number of numbers) {
      const { topic, partition } = layout.at[number];
      (partitions[topic] ??= []).push(partition);
    }
    try {
      const found = await consumer.listOffsets({ topics: Object.keys(partitions), partitions, timestamp });
      return new Map(
        numbers.map((number) => [number, Number(found.get(layout.at[number].topic)![layout.at[number].partition])]),
      );
    } catch (error) {
      consumer.clearMetadata();
      throw unavailable('Kafka does not say where its partitions end', error);
    }
  }

  return {
    async leaders(numbers) {
      const { topics: known } = await metadata(true);
      return new Map(
        numbers.map((number) => {
          const { topic, partition } = layout.at[number];
          return [number, known.get(topic)?.partitions[partition]?.leader ?? -1];
        }),
      );
    },
    latest: (numbers) => offsets(numbers, LATEST),
    earliest: (numbers) => offsets(numbers, EARLIEST),
    async fetch(node, positions, waitMs, maxBytes) {
      const { topics: known } = await metadata(false);
      const ids = new Map<string, string>();
      const wanted = [...positions].map(([number, offset]) => {
        const { topic, partition } = layout.at[number];
        const topicId = known.get(topic)!.id;
        ids.set(topicId, topic);
        const from = { fetchOffset: BigInt(offset), partitionMaxBytes: maxBytes };
        return { topicId, partitions: [{ partition, ...from, currentLeaderEpoch: -1, lastFetchedEpoch: -1 }] };
      });
      const response = await consumer.fetch({
        ...{ node, topics: wanted, connectionPool: pool },
        ...{ minBytes: 1, maxBytes: maxBytes * 4, maxWaitTime: waitMs, isolationLevel: 0 },
      });
      const fetched: Fetched[] = [];
      for (const topic of response.responses) {
        const name = ids.get(topic.topicId);
        for (const partition of topic.partitions) {
          const number = name === undefined ? undefined : layout.numberOf(name, partition.partitionIndex);
          const from = number === undefined ? undefined : positions.get(number);
          if (number === undefined || from === undefined) continue;
          fetched.push({
            ...recordsFrom(partition.records ?? [], number, from),
            number,
            highWatermark: Number(partition.highWatermark),
          });
        }
      }
      return fetched;
    },
    async close() {
      await Promise.allSettled([pool.close(), consumer.close(true)]);
    },
  };
}

/** The batches' records at or after an offset: a broker hands out whole batches. */
function recordsFrom(batches: RecordsBatch[], source: number, from: number): { records: RawRecord[]; next: number } {
  const records: RawRecord[] = [];
  let next = from;
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    const timestamp = Number(batch.firstTimestamp);
    next = Math.max(next, first + batch.lastOffsetDelta + 1);
    // Control batches say nothing to readers.
    if (batch.attributes & 0b100000) continue;
    for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
      const offset = first + offsetDelta;
      if (offset < from) continue;
      records.push({ source, offset, timestamp: timestamp + Number(timestampDelta), key, value, headers });
    }
  }
  return { records, next };
}
