import type { Event, LabelCode } from '../domain/event.ts';

/**
 * The port of what entities did. Reading is pure; learning is set union by (time, id), so it is idempotent and free of
 * order: the same set of events gives the same profile, bit for bit.
 */
export interface Profiles {
  /** Entity types in the order of `Event.entities`. */
  readonly entityTypes: readonly string[];
  /** The profile of an entity, undefined if it was never seen. `type` indexes `entityTypes`. */
  get(type: number, key: number): Profile | undefined;
  /** Adds the event to the profile of every entity that it names. */
  learn(event: Event, sequence: number): void;
  /** Per entity of the event: how many events its profile holds and a cheap fingerprint of them; [0, 0] if unseen. */
  readSet(entities: Float64Array): [count: number, fingerprint: number][];
  /** Settles what is known of an event that was learnt (or will be: a label may come first). */
  label(event: Event, label: LabelCode, sequence: number): void;
}

/**
 * An entity's newest events by (time, id), at most 512, in columns of one Float64Array; older ones in hour and day
 * buckets of integers. See `layout.ts` for the columns.
 */
export interface Profile {
  readonly count: number;
  /** Events ever learnt, those that fell out of the 512 included. */
  readonly total: number;
  readonly capacity: number;
  /** `columns[c * capacity + i]`, i = 0 the oldest. */
  readonly columns: Float64Array;
  /** Time of the first event ever seen. */
  readonly firstTime: number;
}
