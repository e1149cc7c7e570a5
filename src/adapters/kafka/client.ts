import { ConnectionPool, Consumer, type fetchV17, kGetApi } from '@platformatic/kafka';
import { AssayError } from '../../domain/errors.ts';
import { reasonOf } from '../../domain/outage.ts';
import { committedOf } from './committed.ts';
import type { RawRecord } from './encoding.ts';
import type { Numbered } from './layout.ts';
import { DEFAULT_DEADLINE_MS, type KafkaOptions } from './options.ts';

type FetchResponse = Awaited<ReturnType<typeof fetchV17.api.async>>;
type FetchPartition = FetchResponse['responses'][number]['partitions'][number];
type FetchTopic = Parameters<typeof fetchV17.api.async>[7][number];
type Bounds = { minBytes: number; maxBytes: number; maxWaitTime: number };

const READ_COMMITTED = 1;
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
    ...(options.tls ? { tls: options.tls } : {}),
    ...(options.sasl ? { sasl: options.sasl } : {}),
  };
}

export function unavailable(what: string, cause?: unknown): AssayError {
  const reason = cause === undefined ? '' : `: ${reasonOf(cause)}`;
  const error = new AssayError('unavailable', `${what}${reason}.`, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  if (cause !== undefined) error.cause = cause;
  return error;
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
  /** Where the partition ends, as far as it may be read: of what is committed, where the first open transaction begins. */
  end: number;
}

export interface LogClientOptions {
  /** Leaves out what other producers' transactions aborted, and ends before what they have open. */
  committed?: boolean;
}

export function createLogClient(
  options: KafkaOptions,
  layout: Numbered,
  purpose: string,
  { committed = false }: LogClientOptions = {},
): LogClient {
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

  /**
   * Asks the broker itself, without a session: the client's own way to what is committed hands out messages of aborted
   * transactions (docs/decisions/0016-read-committed.md).
   */
  async function fetchCommitted(node: number, topics: FetchTopic[], bounds: Bounds): Promise<FetchResponse> {
    const { brokers, topics: known } = await metadata(false);
    const broker = brokers.get(node);
    if (!broker) throw unavailable(`There is no broker ${node}`);
    const api = await fetchApi();
    // Before version 13 topics go by name.
    const names = new Map([...known].map(([name, { id }]) => [id, name]));
    const ids = new Map([...names].map(([id, name]) => [name, id]));
    const isByName = api.version < 13;
    const asked = isByName ? topics.map((topic) => ({ ...topic, topicId: names.get(topic.topicId)! })) : topics;
    const { maxWaitTime, minBytes, maxBytes } = bounds;
    const connection = await pool.get(broker);
    const response = await api.async(connection, maxWaitTime, minBytes, maxBytes, READ_COMMITTED, 0, -1, asked, [], '');
    if (isByName) for (const topic of response.responses) topic.topicId = ids.get(topic.topicId) ?? topic.topicId;
    return response;
  }

  const fetchApi = () =>
    new Promise<typeof fetchV17.api>((resolve, reject) => {
      consumer[kGetApi]('Fetch', (error, api) => (error ? reject(error) : resolve(api as typeof fetchV17.api)));
    });

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
      const bounds = { minBytes: 1, maxBytes: maxBytes * 4, maxWaitTime: waitMs };
      const response = committed
        ? await fetchCommitted(node, wanted, bounds)
        : await consumer.fetch({ node, topics: wanted, connectionPool: pool, ...bounds, isolationLevel: 0 });
      const fetched: Fetched[] = [];
      for (const topic of response.responses) {
        const name = ids.get(topic.topicId);
        for (const partition of topic.partitions) {
          const number = name === undefined ? undefined : layout.numberOf(name, partition.partitionIndex);
          const from = number === undefined ? undefined : positions.get(number);
          if (number === undefined || from === undefined) continue;
          fetched.push({
            ...recordsFrom(partition, committed, number, from),
            number,
            end: Number(committed ? partition.lastStableOffset : partition.highWatermark),
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

/** A partition's records at or after an offset: a broker hands out whole batches. */
function recordsFrom(partition: FetchPartition, committed: boolean, source: number, from: number) {
  const batches = partition.records ?? [];
  // What is left out is passed over all the same.
  const next = Math.max(from, ...batches.map((batch) => Number(batch.firstOffset) + batch.lastOffsetDelta + 1));
  const records: RawRecord[] = [];
  for (const batch of committed ? committedOf(batches, partition.abortedTransactions ?? []) : batches) {
    const first = Number(batch.firstOffset);
    const timestamp = Number(batch.firstTimestamp);
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
