import { setTimeout as sleep } from 'node:timers/promises';
import { createOutage } from '../../domain/outage.ts';
import type { Fetched, LogClient } from './client.ts';
import type { KafkaLog } from './options.ts';

export interface TailOptions {
  client: LogClient;
  /** First offset to read, by number of the partition. */
  from: Map<number, number>;
  /** Called with every fetch that brought something; what it brought is durable. Must not throw. */
  onFetched(fetched: Fetched[]): void;
  /** A position lies before what is kept: its next record is at `earliest`. */
  onGap(number: number, earliest: number): void;
  log?: KafkaLog;
}

/** Follows partitions to their ends, one loop a broker, through changes of leaders and restarts of brokers. */
export interface Tail {
  /** Next offset to be read. */
  position(number: number): number;
  /** Whether every loop's last fetch was answered. */
  readonly healthy: boolean;
  /** Why not. */
  readonly problem: string | undefined;
  close(): Promise<void>;
}

/** A broker answers at once when something comes; this bounds how long it may say nothing. */
const WAIT_MS = 500;
const MAX_BYTES = 2 * 1024 * 1024;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

export function createTail({ client, from, onFetched, onGap, log }: TailOptions): Tail {
  const positions = new Map(from);
  const numbers = [...positions.keys()];
  let closed = false;
  let healthy = true;
  const outage = createOutage((reason) => log?.warn({ reason }, 'Kafka does not answer; it is tried again'));
  const stop = new AbortController();

  async function run(): Promise<void> {
    let backoffMs = MIN_BACKOFF_MS;
    while (!closed) {
      try {
        const leaders = await client.leaders(numbers);
        await follow(leaders, () => {
          if (!healthy) log?.info({}, 'Kafka answers again');
          healthy = true;
          outage.mended();
          backoffMs = MIN_BACKOFF_MS;
        });
      } catch (error) {
        if (closed) return;
        healthy = false;
        outage.failed(error);
        await sleep(backoffMs, undefined, { signal: stop.signal }).catch(() => {});
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
        await mendPositions().catch(() => {});
      }
    }
  }

  /** One loop a broker until one of them fails: then the leaders may be others, and all begin anew. */
  async function follow(leaders: Map<number, number>, answered: () => void): Promise<void> {
    const byNode = new Map<number, number[]>();
    for (const [number, node] of leaders) {
      if (node < 0) throw new Error('a partition without a leader');
      byNode.set(node, [...(byNode.get(node) ?? []), number]);
    }
    let failed = false;
    const loops = [...byNode].map(async ([node, its]) => {
      try {
        while (!closed && !failed) {
          const wanted = new Map(its.map((number) => [number, positions.get(number)!]));
          const fetched = await client.fetch(node, wanted, WAIT_MS, MAX_BYTES);
          if (closed) return;
          answered();
          const brought = fetched.filter(({ number, next }) => next > positions.get(number)!);
          for (const { number, next } of brought) positions.set(number, next);
          if (brought.length > 0) onFetched(brought);
        }
      } catch (error) {
        failed = true;
        throw error;
      }
    });
    const ends = await Promise.allSettled(loops);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** After a failure: retention may have passed a position by. */
  async function mendPositions(): Promise<void> {
    const earliest = await client.earliest(numbers);
    for (const [number, first] of earliest) {
      if (positions.get(number)! >= first) continue;
      positions.set(number, first);
      onGap(number, first);
    }
  }

  const running = run();
  return {
    position: (number) => positions.get(number)!,
    get healthy() {
      return healthy;
    },
    get problem() {
      return outage.reason;
    },
    async close() {
      closed = true;
      stop.abort();
      await client.close();
      await running;
    },
  };
}
