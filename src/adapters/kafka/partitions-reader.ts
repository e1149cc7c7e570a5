import { setTimeout as sleep } from 'node:timers/promises';
import { createOutage } from '../../domain/outage.ts';
import { createLogClient, type Fetched } from './client.ts';
import type { RawRecord } from './encoding.ts';
import type { Numbered } from './layout.ts';
import type { KafkaOptions } from './options.ts';

/** Reads the partitions of a member, each in order, no faster than they are worked on. */
export interface PartitionsReader {
  /** Begins to read these partitions, at these offsets, and no others; what was read of others and not handed out is dropped. */
  assign(positions: ReadonlyMap<number, number>): void;
  /** How far each partition was handed out, and where it ended at its last fetch. */
  places(): Map<number, { handed: number; end: number }>;
  /** Whether the brokers answered last. */
  readonly healthy: boolean;
  /** Why they did not. */
  readonly problem: string | undefined;
  close(): Promise<void>;
}

export interface PartitionsPorts {
  space: Numbered;
  purpose: string;
  /** Only what is committed: partitions end where the first open transaction begins. */
  committed?: boolean;
  /** What reaches the end of its partition is handed out so much later, and asked for no more often. */
  restMs?: number;
  /**
   * Works on records of one partition; `next` is the offset after them. No more of this partition come until it resolves.
   * It must not reject. `isCurrent` tells whether the partition is still assigned as it was.
   */
  handle(number: number, records: RawRecord[], next: number, isCurrent: () => boolean): Promise<void>;
}

interface Held {
  number: number;
  /** Next offset to fetch. */
  position: number;
  /** Next offset to hand out. */
  handed: number;
  end: number;
  queue: { records: RawRecord[]; next: number; bytes: number; due: number }[];
  bytes: number;
  working: boolean;
}

const WAIT_MS = 500;
/** While some partitions are not asked for, so that they do not wait for the others. */
const SHORT_WAIT_MS = 10;
const FETCH_BYTES = 512 * 1024;
/** Of one partition, read ahead. */
const AHEAD_BYTES = 1024 * 1024;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

export function createPartitionsReader(options: KafkaOptions, ports: PartitionsPorts): PartitionsReader {
  const client = createLogClient(options, ports.space, ports.purpose, {
    committed: ports.committed ?? false,
  });
  let held = new Map<number, Held>();
  let closed = false;
  let healthy = true;
  const outage = createOutage((reason) => options.log?.warn({ reason }, 'Kafka does not answer; it is tried again'));
  let wake = () => {};

  const isReady = ({ bytes }: Held) => bytes < AHEAD_BYTES;
  const isAtEnd = ({ next, end }: Pick<Fetched, 'next' | 'end'>) => next >= end;

  async function run(): Promise<void> {
    let backoffMs = MIN_BACKOFF_MS;
    while (!closed) {
      if (held.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const mine = held;
      try {
        const leaders = await client.leaders([...mine.keys()]);
        const nodes = new Map<number, Held[]>();
        for (const [number, node] of leaders) nodes.set(node, [...(nodes.get(node) ?? []), mine.get(number)!]);
        let failed = false;
        const loops = [...nodes].map(async ([node, its]) => {
          try {
            while (!closed && !failed && held === mine) {
              await fetchOnce(node, its, mine);
              healthy = true;
              outage.mended();
              backoffMs = MIN_BACKOFF_MS;
            }
          } catch (error) {
            failed = true;
            throw error;
          }
        });
        for (const end of await Promise.allSettled(loops)) if (end.status === 'rejected') throw end.reason;
      } catch (error) {
        if (closed) return;
        healthy = false;
        outage.failed(error);
        await sleep(backoffMs);
        backoffMs = Math.min(backoffMs * 2, MAX_BACKOFF_MS);
        await passOverExpired(mine).catch(() => {});
      }
    }
  }

  async function fetchOnce(node: number, its: Held[], mine: Map<number, Held>): Promise<void> {
    const ready = its.filter(isReady);
    if (ready.length === 0) return void (await sleep(SHORT_WAIT_MS));
    const wanted = new Map(ready.map(({ number, position }) => [number, position]));
    const waitMs = ready.length === its.length ? WAIT_MS : SHORT_WAIT_MS;
    const fetched = await client.fetch(node, wanted, waitMs, FETCH_BYTES);
    if (held !== mine) return;
    for (const one of fetched) take(mine.get(one.number)!, one, mine);
    if (ports.restMs && fetched.every(isAtEnd)) await sleep(ports.restMs);
  }

  function take(partition: Held, { records, next, end }: Fetched, mine: Map<number, Held>): void {
    partition.end = Math.max(end, next);
    if (next <= partition.position) return;
    partition.position = next;
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0) + 200, 0);
    const restMs = isAtEnd({ next, end }) ? (ports.restMs ?? 0) : 0;
    partition.queue.push({ records, next, bytes, due: performance.now() + restMs });
    partition.bytes += bytes;
    if (!partition.working) void work(partition, mine);
  }

  async function work(partition: Held, mine: Map<number, Held>): Promise<void> {
    const isCurrent = () => held === mine && !closed;
    partition.working = true;
    for (let one = partition.queue[0]; one && isCurrent(); one = partition.queue[0]) {
      const restMs = one.due - performance.now();
      if (restMs > 0) await sleep(restMs);
      await ports.handle(partition.number, one.records, one.next, isCurrent);
      partition.queue.shift();
      partition.bytes -= one.bytes;
      partition.handed = one.next;
    }
    partition.working = false;
  }

  /** Retention may have passed a position by. */
  async function passOverExpired(mine: Map<number, Held>): Promise<void> {
    for (const [number, first] of await client.earliest([...mine.keys()])) {
      const partition = mine.get(number)!;
      if (partition.position >= first) continue;
      options.log?.warn(
        { ...ports.space.at[number], from: partition.position, to: first },
        'records went before they were read',
      );
      partition.position = first;
    }
  }

  const running = run();
  return {
    assign(positions) {
      held = new Map(
        [...positions].map(([number, offset]) => [
          number,
          { number, position: offset, handed: offset, end: offset, queue: [], bytes: 0, working: false },
        ]),
      );
      wake();
    },
    places: () => new Map([...held.values()].map(({ number, end, handed }) => [number, { end, handed }])),
    get healthy() {
      return healthy;
    },
    get problem() {
      return outage.reason;
    },
    async close() {
      closed = true;
      wake();
      await client.close();
      await running;
    },
  };
}
