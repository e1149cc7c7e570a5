import type { Event, Word } from '../domain/event.ts';
import type { Buckets } from './buckets.ts';
import type { Layout } from './layout.ts';

/**
 * The port of what entities did. Reading is pure; learning is set union by (time, id), so it is idempotent and free of
 * order: the same set of events gives the same profile, bit for bit.
 */
export interface Profiles {
  /** Entity types in the order of `Event.entities`. */
  readonly entityTypes: readonly string[];
  /** The layout of each type's profiles. */
  readonly layouts: readonly Layout[];
  /** The profile under a key (see `keys.ts`), undefined if it was never seen. `type` indexes `entityTypes`. */
  get(type: number, key: number): Profile | undefined;
  /** Adds the event to the profile of every entity that it names. */
  learn(event: Event, sequence: number): void;
  /** By profile key, one a type: how many events the profile was ever given and their fingerprint; [0, 0] if unseen. */
  readSet(keys: Float64Array): [count: number, fingerprint: number][];
  /** Takes in what is said of the truth of an event that was learnt (or will be: a label may come first). */
  label(event: Event, words: readonly Word[], sequence: number): void;
  /**
   * Where profiles have a time to live, how late the log is, milliseconds: what had no event for so long is as if it had never been. By
   * whole days and never back, so that whoever folds the log forgets the same. Absent where something else sees to it.
   */
  advance?(at: number): void;
  /** Takes in what became of it; `outcome` indexes `PAYMENT_EVENT_TYPES`. */
  tell(event: Event, outcome: number, sequence: number): void;
}

/**
 * An entity's newest events by (time, id), at most 512, in columns of a Float64Array; older ones in hour and day
 * buckets of integers. See `layout.ts` for the columns.
 */
export interface Profile {
  /** Rows `start` to `start + count - 1` hold the events, the oldest first. */
  readonly start: number;
  readonly count: number;
  /** Events ever learnt, those that fell out of the 512 included. */
  readonly total: number;
  readonly capacity: number;
  /** `columns[offset + c * capacity + i]`; the array is shared with other profiles. */
  readonly columns: Float64Array;
  readonly offset: number;
  /** Time of the first event ever seen. */
  readonly firstTime: number;
  /** How many of the kept events are known as fraud: mostly none, and then nobody need look. */
  readonly frauds: number;
  /** Bits that cells of kept events have or once had: what is not in here need not be looked for. */
  readonly seen: number;
  /** What fell out; undefined while nothing did. */
  readonly buckets: Buckets | undefined;
  /** A signed 32-bit hash of the set of events and what is known of them; see `fingerprint`. */
  readonly hash: number;
}

/** One safe integer that names a profile's content, in O(1): equal sets of events and of what is known of them have equal fingerprints. */
export function fingerprint(profile: Profile | undefined): number {
  return profile === undefined ? 0 : (profile.hash >>> 0) * 0x200000 + (profile.total % 0x200000);
}
