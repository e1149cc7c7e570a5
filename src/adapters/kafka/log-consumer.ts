import type { JournalRecord } from '../../journal/journal.ts';
import { decodeRecord, namesOfRecord, type RawRecord } from './encoding.ts';
import { type GroupOptions, joinGroup } from './group.ts';
import { createNameWindow, type NameWindow } from './names.ts';
import { DEFAULT_WINDOW } from './options.ts';
import { createPartitionsReader } from './partitions-reader.ts';
import { ensureTopics } from './topics.ts';
import type { Voids } from './voids.ts';

export interface LogConsumerOptions extends GroupOptions {
  /** `assay-profiles` by default, under the namespace. */
  groupId?: string;
  /** Offset of the next record to repeat of a partition (numbered as in `JournalRecord.position`). */
  next(partition: number): Promise<number>;
  /** Which of these the caller has not got yet: only they are decoded. All of them by default. */
  untaken?(partition: number, offsets: readonly number[]): Promise<number[]>;
  /**
   * Repeats records of one partition, in order of their offsets, all before `next`; `taken` are the offsets of those that the caller has.
   * Where it rejects it is called again with the same records a little later. What could not be read, and what is void, is not among
   * them. Sequences are 0.
   */
  repeat(partition: number, records: JournalRecord[], next: number, taken: readonly number[]): Promise<void>;
  /** What this process's journal knows of void records; what it does not is found out by reading further back. */
  voids?: Voids;
  /** As the journal's. */
  window?: number;
}

/** Of a partition: what is before `from` is read for its names alone. */
interface Place {
  from: number;
  names?: NameWindow;
}

export interface LogConsumer {
  /** Asks for all positions anew and goes on there: after the store has lost its newest writes. */
  seek(): void;
  /** Records that are not repeated yet, by partition that is this process's. */
  stats(): { lag: Map<number, number>; healthy: boolean };
  close(): Promise<void>;
}

const MIN_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;
const COMMIT_MS = 2_000;
/** So long what is new is left to whoever decided it, who is about to insert it himself. */
const REST_MS = 100;

/**
 * Repeats transactions.scored and assay.events, shared out among all processes of a group, from positions that the caller keeps.
 * The group's own offsets are committed for those who watch its lag, and never read.
 */
export async function openLogConsumer(options: LogConsumerOptions): Promise<LogConsumer> {
  const { log, window = DEFAULT_WINDOW, voids } = options;
  const layout = await ensureTopics(options);
  // The sources that profiles learn from, under the journal's own numbers.
  const space = {
    at: layout.at.slice(0, layout.events + 1),
    numberOf: (topic: string, partition: number) => {
      const number = layout.numberOf(topic, partition);
      return number !== undefined && number <= layout.events ? number : undefined;
    },
  };
  const done = new Map<number, number>();
  let assigned: number[] = [];
  let places = new Map<number, Place>();
  let closed = false;
  let seeking = 0;

  const reader = createPartitionsReader(options, {
    ...{ space, purpose: 'profiles', restMs: REST_MS },
    async handle(partition, raws, next, isCurrent) {
      const place = places.get(partition)!;
      let counting: RawRecord[] | undefined;
      for (let backoffMs = MIN_BACKOFF_MS; isCurrent(); backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS)) {
        try {
          counting ??= await countingOf(partition, raws, place);
          if (next > place.from) await repeat(partition, counting, next);
          if (isCurrent()) done.set(partition, next);
          return;
        } catch (error) {
          log?.warn({ partition, reason: (error as Error).message }, 'records are repeated again');
          await new Promise((resolve) => setTimeout(resolve, backoffMs));
        }
      }
    },
  });

  async function countingOf(partition: number, raws: RawRecord[], place: Place): Promise<RawRecord[]> {
    const counting: RawRecord[] = [];
    for (const raw of raws) if (!(await isVoid(partition, raw, place)) && raw.offset >= place.from) counting.push(raw);
    return counting;
  }

  async function repeat(partition: number, raws: RawRecord[], next: number): Promise<void> {
    const offsets = raws.map(({ offset }) => offset);
    const untaken = new Set(options.untaken ? await options.untaken(partition, offsets) : offsets);
    const records: JournalRecord[] = [];
    for (const raw of raws) {
      if (!untaken.has(raw.offset)) continue;
      try {
        records.push(decodeRecord(raw, 0));
      } catch (error) {
        log?.warn({ partition, offset: raw.offset, reason: (error as Error).message }, 'a record cannot be read');
      }
    }
    const taken = offsets.filter((offset) => !untaken.has(offset));
    await options.repeat(partition, records, next, taken);
  }

  async function isVoid(partition: number, raw: RawRecord, { names }: Place): Promise<boolean> {
    if (!names) return (await voids!.isVoid(partition, raw.offset)) ?? false;
    const own = namesOfRecord(raw);
    return own ? names.take(raw.offset, own.key, own.aliases) : true;
  }

  /** Where the caller stands with what is assigned; asked until it answers, or something else is assigned. */
  async function seek(): Promise<void> {
    const mine = ++seeking;
    reader.assign(new Map());
    done.clear();
    for (
      let backoffMs = MIN_BACKOFF_MS;
      mine === seeking && !closed;
      backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS)
    ) {
      try {
        const offsets = await Promise.all(assigned.map((partition) => options.next(partition)));
        if (mine !== seeking) return;
        places = new Map(assigned.map((partition, i) => [partition, placeAt(partition, offsets[i])]));
        reader.assign(
          new Map(
            [...places].map(([partition, { from, names }]) => [partition, names ? Math.max(0, from - window) : from]),
          ),
        );
        return;
      } catch (error) {
        log?.warn({ reason: (error as Error).message }, 'the position in the log is not known yet');
        await new Promise((resolve) => setTimeout(resolve, backoffMs));
      }
    }
  }

  function placeAt(partition: number, from: number): Place {
    return voids && from >= voids.knownFrom(partition) ? { from } : { from, names: createNameWindow(window) };
  }

  const commit = async () => {
    const positions = new Map(done);
    done.clear();
    await group.commit(positions).catch(() => {});
  };
  const group = joinGroup(options, {
    ...{ space, groupId: groupName(options.namespace, options.groupId ?? 'assay-profiles') },
    onAssigned(numbers) {
      assigned = numbers;
      void seek();
    },
    async onRevoking() {
      reader.assign(new Map());
      await commit();
    },
  });
  const committing = setInterval(commit, COMMIT_MS);
  committing.unref();

  return {
    seek: () => void seek(),
    stats() {
      const lag = [...reader.places()].map(([number, { handed, end }]): [number, number] => [number, end - handed]);
      return { lag: new Map(lag), healthy: reader.healthy };
    },
    async close() {
      closed = true;
      clearInterval(committing);
      await reader.close();
      await commit();
      await group.close();
    },
  };
}

export function groupName(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === 'assay' ? name : `${namespace}.${name}`;
}
