import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError } from '../../src/domain/errors.ts';
import type { ProfileLog } from '../../src/profiles/shared.ts';
import { recordOf } from './profile-deliveries.ts';
import type { LogEntry } from './profile-events.ts';

export interface Consumer {
  /** Everything that the log holds now is repeated. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
  stats: { batches: number; refused: number; seeks: number; taken: number };
}

/** Follows a log that grows, one partition after the other, as the log's consumer of a fleet does with each of its partitions. */
export function consume(
  t: Pick<TestContext, 'after'>,
  profiles: ProfileLog,
  log: readonly LogEntry[],
  options: { partitions?: number[]; batch?: number } = {},
): Consumer {
  const { partitions = [0, 1, 2, 3], batch = 40 } = options;
  const stats = { batches: 0, refused: 0, seeks: 0, taken: 0 };
  let stopped = false;
  let seek = 0;
  profiles.onReconnected(() => seek++);
  const at = new Map<number, number>();

  async function repeat(partition: number, entries: LogEntry[], next: number): Promise<void> {
    const offsets = entries.map(({ position }) => position.offset);
    const untaken = new Set(await profiles.untaken(partition, offsets));
    const records = entries.filter(({ position }) => untaken.has(position.offset)).map(recordOf);
    stats.taken += offsets.length - records.length;
    await profiles.repeat(
      partition,
      records,
      next,
      offsets.filter((offset) => !untaken.has(offset)),
    );
  }

  async function follow(partition: number): Promise<void> {
    let seen = -1;
    while (!stopped) {
      try {
        if (seen !== seek) {
          seen = seek;
          stats.seeks++;
          at.delete(partition);
          const next = await profiles.next(partition);
          if (seen === seek) at.set(partition, next);
          continue;
        }
        const from = at.get(partition)!;
        const entries = log.filter(({ position }) => position.partition === partition && position.offset >= from);
        if (entries.length === 0) await sleep(5);
        else {
          const next = from + Math.min(batch, entries.length);
          await repeat(partition, entries.slice(0, batch), next);
          stats.batches++;
          if (seen === seek) at.set(partition, next);
        }
      } catch (error) {
        if (!(error instanceof AssayError) || error.code !== 'unavailable') throw error;
        stats.refused++;
        if (seen !== seek) continue;
        if (!at.has(partition)) seen = -1;
        await sleep(20);
      }
    }
  }

  const running = Promise.all(partitions.map(follow));
  // Told by `stop`; here it must not end the process.
  running.catch(() => {});
  t.after(() => {
    stopped = true;
  });
  return {
    stats,
    async caughtUp() {
      const isBehind = (partition: number) =>
        (at.get(partition) ?? -1) < log.filter(({ position }) => position.partition === partition).length;
      while (partitions.some(isBehind)) await Promise.race([sleep(10), running]);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
