import type { ProfileLog, RepeatedRecord, SharedProfiles } from '../../src/profiles/shared.ts';
import { isEvent, type LogEntry } from './profile-events.ts';

/** How a log reaches profiles; each is asked again and again. */
export interface Schedule {
  /** Whether an event is inserted by who decided it, before the log's consumer comes. */
  direct(): boolean;
  /** What comes first. */
  rank(): number;
  /** How many records the consumer takes at once. */
  batch(): number;
}

type Target = Pick<SharedProfiles, 'insert'> & Pick<ProfileLog, 'repeat'>;

interface Delivery {
  entries: LogEntry[];
  run(profiles: Target): Promise<void>;
}

/**
 * Inserts in any order, and the consumer's repeats of each partition in its own order, one now and then delivered again, mixed as the
 * schedule says.
 */
export async function deliver(
  profiles: Target,
  log: readonly LogEntry[],
  schedule: Schedule,
  done?: (entries: LogEntry[]) => Promise<void>,
): Promise<void> {
  const inserts = log
    .filter((entry) => isEvent(entry) && schedule.direct())
    .map((entry) => ({ entry, rank: schedule.rank() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }): Delivery => ({ entries: [entry], run: (to) => to.insert(entry.event, entry.position) }));
  const partitions = [...new Set(log.map(({ position }) => position.partition))];
  const queues = [inserts, ...partitions.map((partition) => repeatsOf(partition, log, schedule))];
  for (
    let left = queues.filter((queue) => queue.length > 0);
    left.length > 0;
    left = left.filter((q) => q.length > 0)
  ) {
    const delivery = left[schedule.rank() % left.length].shift()!;
    await delivery.run(profiles);
    await done?.(delivery.entries);
  }
}

function repeatsOf(partition: number, log: readonly LogEntry[], schedule: Schedule): Delivery[] {
  const entries = log.filter(({ position }) => position.partition === partition);
  entries.sort((a, b) => a.position.offset - b.position.offset);
  const deliveries: Delivery[] = [];
  for (let from = 0; from < entries.length; ) {
    const batch = entries.slice(from, from + schedule.batch());
    const next = batch.at(-1)!.position.offset + 1;
    const delivery: Delivery = { entries: batch, run: (to) => to.repeat(partition, batch.map(recordOf), next) };
    deliveries.push(delivery);
    if (schedule.rank() % 4 === 0) deliveries.push(delivery);
    from += batch.length;
  }
  return deliveries;
}

export function recordOf({ event, words, told, position: { offset } }: LogEntry): RepeatedRecord {
  const record = { offset, keys: [] };
  if (words) return { ...record, label: { event, words } };
  return told === undefined ? { ...record, learn: event } : { ...record, told: { event, outcome: told } };
}
