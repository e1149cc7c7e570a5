import { Producer } from '@platformatic/kafka';
import { AssayError } from '../../domain/errors.ts';
import { reasonOf } from '../../domain/outage.ts';
import { clientOptions, unavailable, within } from './client.ts';
import type { Encoded } from './encoding.ts';
import { DEFAULT_DEADLINE_MS, type KafkaOptions, MAX_MESSAGE_BYTES } from './options.ts';

/**
 * An idempotent producer with acks=all that sends one request at a time: what is handed in meanwhile is the next one, so
 * batches grow with the load and a lone record waits for nobody.
 */
export interface Outbox {
  /** Resolves with the offset once the record is replicated. Rejects `unavailable` where that failed or is not known in time. */
  send(topic: string, partition: number, message: Message): Promise<number>;
  /** Bytes handed in and not acknowledged. */
  readonly pendingBytes: number;
  readonly errors: number;
  /** Whether the last request was acknowledged. */
  readonly healthy: boolean;
  /** Why it was not. */
  readonly problem: string | undefined;
  /** Sends what was handed in, within the deadline. */
  close(): Promise<void>;
}

export type Message = Pick<Encoded, 'value' | 'headers' | 'bytes'> & { key: Buffer | null };

interface Entry {
  topic: string;
  partition: number;
  message: Message;
  /** When it is given up, by performance.now(). */
  until: number;
  resolve: (offset: number) => void;
  reject: (error: Error) => void;
  settled: boolean;
}

/** Of one request; a single record may be larger. */
const MAX_BATCH_BYTES = 1024 * 1024;
const MAX_BATCH = 2_000;
const RETRY_MS = 100;
const MAX_PENDING_BYTES = 256 * 1024 * 1024;
const MAX_RECORD_BYTES = MAX_MESSAGE_BYTES - 64 * 1024;

export function createOutbox(options: KafkaOptions, purpose: string): Outbox {
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const create = () =>
    new Producer({
      ...clientOptions(options, purpose),
      ...{ idempotent: true, acks: -1, retryDelay: RETRY_MS },
      // The client repeats a request under the same numbers, which the broker writes once.
      retries: Math.max(2, Math.ceil(deadlineMs / RETRY_MS)),
    });
  let producer = create();
  let queue: Entry[] = [];
  let inFlight: Entry[] = [];
  let pendingBytes = 0;
  let errors = 0;
  let healthy = true;
  let problem: string | undefined;
  let closed = false;
  let running = false;

  function settle(entry: Entry, outcome: number | Error): void {
    // Given up before the answer came.
    if (entry.settled) return;
    entry.settled = true;
    pendingBytes -= entry.message.bytes;
    if (typeof outcome === 'number') entry.resolve(outcome);
    else entry.reject(outcome);
  }

  /** The next batch: in order of arrival, up to the bounds. */
  function take(): Entry[] {
    let bytes = 0;
    let count = 0;
    while (count < queue.length && count < MAX_BATCH) {
      bytes += queue[count].message.bytes;
      if (count > 0 && bytes > MAX_BATCH_BYTES) break;
      count++;
    }
    return queue.splice(0, count);
  }

  async function run(): Promise<void> {
    running = true;
    // What else this turn hands in goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      inFlight = take();
      const batch = inFlight;
      try {
        const { offsets = [] } = await within(
          producer.send({ messages: batch.map(toProduce) }),
          3 * deadlineMs,
          'Kafka',
        );
        const next = new Map(offsets.map((at) => [`${at.topic}:${at.partition}`, Number(at.offset)]));
        healthy = true;
        problem = undefined;
        for (const entry of batch) {
          const at = `${entry.topic}:${entry.partition}`;
          const offset = next.get(at)!;
          next.set(at, offset + 1);
          settle(entry, offset);
        }
      } catch (error) {
        errors++;
        healthy = false;
        // A client that does not answer at all is given up.
        if (error instanceof AssayError) {
          void producer.close(true).catch(() => {});
          producer = create();
        }
        const reason = unavailable('Kafka did not take the record', error);
        problem = reasonOf(reason);
        for (const entry of batch) settle(entry, reason);
      }
      inFlight = [];
    }
    running = false;
  }

  /** Gives up what waits for too long, sent or not. */
  function sweep(): void {
    const now = performance.now();
    const late = (entry: Entry) => entry.until <= now && !entry.settled;
    const given = [...inFlight.filter(late), ...queue.filter(late)];
    if (given.length === 0) return;
    queue = queue.filter((entry) => !late(entry));
    healthy = false;
    const reason = unavailable(`Kafka did not acknowledge the record within ${deadlineMs} ms`);
    problem = reasonOf(reason);
    for (const entry of given) settle(entry, reason);
  }
  const sweeping = setInterval(sweep, Math.max(10, deadlineMs / 20));
  sweeping.unref();

  return {
    send(topic, partition, message) {
      if (message.bytes > MAX_RECORD_BYTES)
        return Promise.reject(new AssayError('too_large', 'The record is larger than the log takes.'));
      if (closed) return Promise.reject(unavailable('Assay is stopping'));
      if (pendingBytes > MAX_PENDING_BYTES) return Promise.reject(unavailable('Too much waits for Kafka'));
      pendingBytes += message.bytes;
      const sent = new Promise<number>((resolve, reject) => {
        const until = performance.now() + deadlineMs;
        queue.push({ topic, partition, message, until, resolve, reject, settled: false });
      });
      if (!running) void run();
      return sent;
    },
    get pendingBytes() {
      return pendingBytes;
    },
    get errors() {
      return errors;
    },
    get healthy() {
      return healthy;
    },
    get problem() {
      return problem;
    },
    async close() {
      closed = true;
      const end = performance.now() + deadlineMs;
      while (pendingBytes > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
      clearInterval(sweeping);
      await producer.close(true).catch(() => {});
    },
  };
}

function toProduce({ topic, partition, message }: Entry) {
  const { key, value, headers } = message;
  return { topic, partition, value, headers: new Map(headers), ...(key ? { key } : {}) };
}
