import type { Event, Word } from '../domain/event.ts';
import type { Position } from '../domain/position.ts';
import type { Profiles } from './profiles.ts';

/** The port of profiles that several processes share: the same values as `Profiles`, a round trip away. */
export interface SharedProfiles {
  readonly entityTypes: readonly string[];
  /**
   * The profiles under these keys as they are now (one a type, 0 where absent: see `keys.ts`), to read from at once. Never rejects and never
   * takes longer than its deadline: `degraded` says that some could not be read and are stale or empty.
   */
  fetch(keys: Float64Array): Promise<{ profiles: Profiles; degraded: boolean }>;
  /**
   * Adds the event to the profile of every entity that it names, and its record's names to the index; resolves when readers see it.
   * Idempotent by position, free of order. Rejects with `AssayError('unavailable')` after its deadline: the log's consumer repeats it.
   */
  insert(event: Event, position: Position, keys?: readonly string[]): Promise<void>;
  /** For /health: whether it answers. */
  readonly healthy: boolean;
}

/** The log consumer's side: repeats every record of a partition in the order of its offsets, and remembers how far it got. */
export interface ProfileLog {
  /** Offset of the next record to repeat, by partition; kept beside the profiles, so that they are lost together or not at all. */
  next(partition: number): Promise<number>;
  /** Which of these records nobody has inserted or repeated yet. Rejects where the store is away. */
  untaken(partition: number, offsets: readonly number[]): Promise<number[]>;
  /**
   * Repeats records, each once, and then moves the partition's position, if all are taken by then, those at the offsets of `taken` too.
   * Resolves when it is done; rejects where the store is away or has lost some.
   */
  repeat(partition: number, records: RepeatedRecord[], next: number, taken?: readonly number[]): Promise<void>;
  /** Called whenever the store may have lost its newest writes (after each reconnection): read `next` anew. */
  onReconnected(listener: () => void): void;
}

export interface RepeatedRecord {
  offset: number;
  /** A decision, learnt; what is said of an event's truth; what became of it. None of these where profiles do not care. */
  learn?: Event;
  label?: { event: Event; words: readonly Word[] };
  /** Index among `PAYMENT_EVENT_TYPES`. */
  told?: { event: Event; outcome: number };
  /** Names under which the record is found: see `KeyIndex`. */
  keys: string[];
  /** When it was appended, epoch milliseconds: its names are known for so long from then on; from now on where it is absent. */
  at?: number;
}

/**
 * Where the first record of a key lies, for what is older than a process's own memory of the log. Inserting and repeating set it:
 * within a partition the smallest offset stays.
 */
export interface KeyIndex {
  get(key: string): Promise<Position | undefined>;
}
