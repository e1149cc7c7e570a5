import { AssayError } from '../../domain/errors.ts';
import type { RawRecord } from './encoding.ts';
import { type GroupOptions, joinGroup } from './group.ts';
import type { Layout } from './layout.ts';
import { groupName } from './log-consumer.ts';
import { createPartitionsReader } from './partitions-reader.ts';
import { type RawMessage, rawMessageOf } from './raw-message.ts';
import { traceMessage } from './trace.ts';

export interface RawConsumerOptions extends Partial<GroupOptions> {
  /** `assay-workers` by default, under the namespace. */
  groupId?: string;
  /** Messages worked on at a time, over all partitions. 256 by default. */
  concurrency?: number;
  /**
   * Works on a message; resolves when that is durable. Messages of one key come one after the other, in order; of several keys
   * at the same time. Rejected with `unavailable` it is called again until it works. Any other AssayError says that the
   * message cannot be read, which goes to transactions.dead. What else is thrown is a fault: after three times it goes there too.
   * A message may come twice, after a rebalance or a crash.
   */
  handle(message: RawMessage): Promise<void>;
  /** After each rebalance: the partitions that are this process's now. */
  onAssigned?(partitions: number[]): void;
  /** A message went to transactions.dead. */
  onDead?(message: RawMessage, error: unknown): void;
}

export interface RawConsumer {
  /** Handed to `handle` and not done. */
  readonly inFlight: number;
  stats(): RawConsumerStats;
  /** Takes nothing more, finishes what is under way (within `drainMs`), commits and leaves the group. */
  close(): Promise<void>;
}

export interface RawConsumerStats {
  /** Messages that are not done, by partition that is this process's. */
  lag: Map<number, number>;
  inFlight: number;
  handled: number;
  dead: number;
  retried: number;
  healthy: boolean;
  /** Why it is not. */
  problem: string | undefined;
}

const COMMIT_MS = 250;
const ATTEMPTS = 3;
const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;

/** What of one partition is done: everything before the oldest message under way. */
interface Progress {
  underWay: Set<number>;
  next: number;
  committed: number;
}

/** Messages begin in the order of their offsets, so the first that is under way is the oldest. */
function oldestOf({ underWay, next }: Progress): number {
  const [oldest = next] = underWay;
  return oldest;
}

export function consumeRaw(
  options: RawConsumerOptions & GroupOptions,
  layout: Layout,
  bury: (message: RawMessage, error: unknown) => Promise<void>,
): RawConsumer {
  const { concurrency = 256, drainMs = 4_000, log } = options;
  const chains = new Map<string, Promise<void>>();
  let progress = new Map<number, Progress>();
  let assigning = 0;
  let closed = false;
  let inFlight = 0;
  const counts = { handled: 0, dead: 0, retried: 0 };
  let freed: (() => void)[] = [];

  const reader = createPartitionsReader(options, {
    ...{ space: layout.raw, purpose: 'raw', committed: true },
    async handle(partition, records, next, isCurrent) {
      const own = progress.get(partition);
      for (const record of records) {
        while (inFlight >= concurrency && isCurrent()) await new Promise<void>((resolve) => freed.push(resolve));
        if (!isCurrent() || !own) return;
        own.underWay.add(record.offset);
        own.next = record.offset + 1;
        begin(record, own);
      }
      if (isCurrent() && own) own.next = next;
    },
  });

  /** After what is under way for the same key. */
  function begin(record: RawRecord, own: Progress): void {
    inFlight++;
    const message = rawMessageOf(record);
    const key = message.key ?? `${message.partition}:${message.offset}`;
    const done = (chains.get(key) ?? Promise.resolve())
      .then(() => settle(message, () => !closed && progress.get(message.partition) === own))
      .then(() => {
        own.underWay.delete(record.offset);
      })
      .finally(() => {
        inFlight--;
        if (chains.get(key) === done) chains.delete(key);
        const waiting = freed;
        freed = [];
        for (const resolve of waiting) resolve();
      })
      .catch(() => {});
    chains.set(key, done);
  }

  /** Until it is done, dead, or no longer this process's: then whoever reads the partition next does it. */
  async function settle(message: RawMessage, isMine: () => boolean): Promise<void> {
    let faults = 0;
    for (let backoffMs = MIN_BACKOFF_MS; ; backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS)) {
      if (!isMine()) throw new Error('left to another member');
      try {
        await traceMessage(layout.names.raw, message, () => options.handle(message));
        counts.handled++;
        return;
      } catch (error) {
        const isAway = error instanceof AssayError && error.code === 'unavailable';
        const isDead = !isAway && (error instanceof AssayError || ++faults >= ATTEMPTS);
        if (isDead && (await isBuried(message, error))) return;
        if (!isMine()) throw error;
        counts.retried++;
        const { partition, offset } = message;
        log?.warn({ partition, offset, reason: (error as Error).message }, 'a transaction is tried again');
        await new Promise((resolve) => setTimeout(resolve, backoffMs));
      }
    }
  }

  async function isBuried(message: RawMessage, error: unknown): Promise<boolean> {
    try {
      await bury(message, error);
      counts.dead++;
      options.onDead?.(message, error);
      return true;
    } catch {
      return false;
    }
  }

  async function commit(): Promise<void> {
    const positions = new Map<number, number>();
    for (const [partition, own] of progress) {
      const oldest = oldestOf(own);
      if (oldest > own.committed) positions.set(partition, oldest);
    }
    await group.commit(positions);
    for (const [partition, offset] of positions) {
      const own = progress.get(partition);
      if (own) own.committed = offset;
    }
  }

  async function drain(): Promise<void> {
    const end = performance.now() + drainMs;
    while (inFlight > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Goes on where the group stands; at the first message where it never was. */
  async function assigned(numbers: number[]): Promise<void> {
    const mine = ++assigning;
    for (
      let backoffMs = MIN_BACKOFF_MS;
      mine === assigning && !closed;
      backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS)
    ) {
      try {
        const positions = numbers.length > 0 ? await group.committed(numbers) : new Map<number, number>();
        if (mine !== assigning || closed) return;
        progress = new Map();
        for (const number of numbers) {
          const next = positions.get(number) ?? 0;
          progress.set(number, { underWay: new Set(), next, committed: next });
        }
        reader.assign(new Map(numbers.map((number) => [number, progress.get(number)!.next])));
        options.onAssigned?.(numbers);
        return;
      } catch (error) {
        log?.warn({ reason: (error as Error).message }, 'the position of the workers is not known yet');
        await new Promise((resolve) => setTimeout(resolve, backoffMs));
      }
    }
  }

  const group = joinGroup(options, {
    ...{ space: layout.raw, groupId: groupName(options.namespace, options.groupId ?? 'assay-workers') },
    onAssigned: (numbers) => void assigned(numbers),
    async onRevoking() {
      const mine = ++assigning;
      reader.assign(new Map());
      await drain();
      // Where this took longer than a rebalance waits, the next assignment is there already.
      await commit().finally(() => {
        if (mine === assigning) progress = new Map();
      });
    },
  });
  const committing = setInterval(() => void commit().catch(() => {}), COMMIT_MS);
  committing.unref();

  return {
    get inFlight() {
      return inFlight;
    },
    stats() {
      const lag = new Map<number, number>();
      for (const [partition, { end }] of reader.places()) {
        const own = progress.get(partition);
        if (own) lag.set(partition, Math.max(0, end - oldestOf(own)));
      }
      return { lag, inFlight, ...counts, healthy: reader.healthy, problem: reader.problem };
    },
    async close() {
      clearInterval(committing);
      assigning++;
      reader.assign(new Map());
      await drain();
      closed = true;
      await commit().catch(() => {});
      await group.close();
      await reader.close();
    },
  };
}
