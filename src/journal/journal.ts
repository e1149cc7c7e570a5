import type { Position } from '../domain/position.ts';

/**
 * The port of the append-only log that is the truth. `journal/local/` implements it on one machine, `adapters/kafka/` in a fleet.
 *
 * A record is acknowledged when it is durable, never before. Sequences start at 1 and have no gaps.
 */
export interface Journal {
  /** Sequence of the newest record that is durable; 0 when empty. */
  readonly durable: number;
  /** Sequence of the newest record handed in, durable or not. */
  readonly last: number;
  /**
   * Hands a record in. The sequence is settled at once, so the caller may learn from the record in the same tick; its
   * durability is not. Throws `AssayError('conflict')` if `key` was taken within the recent segments (see `recent`).
   * In a fleet the sequence is 0 until the log has settled it, which for decisions may be after `durable` resolves; and another
   * process may have taken the key: once `durable` resolves, `recent(key)` is the record that holds it.
   */
  enqueue(entry: JournalEntry): Appended;
  /** The first record with this key or alias. Waits for it to be durable. Throws `RemovedRecord` where it was cut out of the log. */
  find(key: string): Promise<JournalRecord | undefined>;
  /** As `find`, but only over the newest segments, at once, and durable or not: what another request may have just taken. */
  recent(key: string): Appended | undefined;
  /** The record of a sequence, if durable. Throws `RemovedRecord` where it was cut out of the log. */
  get(sequence: number): Promise<JournalRecord | undefined>;
  /**
   * Durable records from `fromSequence` on, in order, ending at what is durable when it gets there. What was cut out of the log is passed
   * over: the record behind it says so (`follows`).
   */
  read(fromSequence: number): AsyncIterable<JournalRecord>;
  /** In a fleet: the sequence that covers all that any process had made durable when it was called. */
  horizon?(): Promise<number>;
  /** Calls back with every record once durable, in order, from now on. Returns the way to stop. */
  subscribe(listener: (record: JournalRecord) => void): () => void;
  /**
   * Takes something out of a durable record, where it lies; nothing where `change` gives nothing. A crash leaves the old record or the
   * new one, whole. Durable when it resolves. Absent where the log cannot: Kafka keeps what was written.
   */
  overwrite?(sequence: number, change: Overwrite): Promise<boolean>;
  /**
   * Removes records whose time is over: whole segments of which all was accepted before `beforeAt` (milliseconds) and whose last sequence
   * is at most `through`. What the state is made of stays, and so do the names of all. Resolves with how many segments went. Absent
   * where the log sees to it itself: Kafka has a retention of its own.
   */
  cut?(options: { beforeAt: number; through: number }): Promise<number>;
  /** For /health. */
  status(): JournalStatus;
  close(): Promise<void>;
}

/** What is left of a record: no longer than it was. Without `personal` nothing of that block is. */
export type Overwrite = (
  record: JournalRecord,
) => { data: Record<string, unknown>; personal?: Record<string, unknown> | undefined } | undefined;

/** Every type that a record may have. Old ones are read for ever. `void` takes a sequence and says nothing: its key was taken. */
export const RECORD_TYPES = [
  'decision',
  'intake',
  'failed',
  'label',
  'finalize',
  'amend',
  'delete',
  'user.create',
  'user.update',
  'user.delete',
  'key.create',
  'key.revoke',
  'model.promote',
  'case',
  'audit',
  'model.shadow',
  'void',
  'narrative',
  'model.keep',
  'model.canary',
  'webhook.create',
  'webhook.update',
  'webhook.delete',
  'webhook.resume',
  'webhook.told',
  'event',
  'dispute',
  'review',
  'label.withdraw',
  'policy.rule',
  'policy.thresholds',
  'policy.control',
  'policy.restore',
  'policy.list',
  'policy.entries',
  'drift',
  'view',
  'desk',
  'entity',
  'erasure',
  'erasure.done',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface JournalEntry {
  type: RecordType;
  /** Milliseconds since the epoch: when it was accepted. */
  at: number;
  /** Unique over the journal; `find` looks it up. Such as `t:ord_981` for the decision of a transaction. */
  key: string;
  /** Further names under which `find` finds it, such as that of an Idempotency-Key. */
  aliases?: string[];
  /** Anything JSON, without personal fields. */
  data: Record<string, unknown>;
  /** Personal fields, in a block of their own that can be overwritten. */
  personal?: Record<string, unknown>;
  /** The feature vector of a decision. Bit-exact, NaN included. */
  vector?: Float64Array;
}

export interface JournalRecord extends JournalEntry {
  sequence: number;
  /** Format version of the record. */
  version: number;
  /** The record before it in the log, where those between were cut out: see `Journal.cut`. */
  follows?: number;
  /** Where it lies, in a log of several partitions. */
  position?: Position;
  /** W3C trace context of whoever appended it, where that is traced: `traceparent` and perhaps `tracestate`. Not kept on one machine. */
  trace?: Readonly<Record<string, string>>;
}

export interface Appended {
  record: JournalRecord;
  /** Resolves when durable. */
  durable: Promise<void>;
}

export interface JournalStatus {
  ok: boolean;
  durable: number;
  segments: number;
  bytes: number;
  /** The first sequence that is held whole: 1 unless older ones were cut out. */
  begins?: number;
  /** Why it is not ok, where that is known. */
  problem?: string | undefined;
  /** What reading all of it over and over has found, where that is done. */
  scrub?: ScrubState | undefined;
  /** Where it lies on a disk of this machine and there is a reserve. */
  space?: SpaceState | undefined;
}

/** What the disk of the journal has left. */
export interface SpaceState {
  /** Undefined where the file system does not say. */
  freeBytes: number | undefined;
  /** Below this much nothing more is taken. */
  reserveBytes: number;
  isFull: boolean;
}

/** A part of a sealed segment that the disk no longer gives back as it was written. */
export interface Damage {
  /** Name of the file. */
  segment: string;
  offset: number;
  /** What it is, such as `record 17` or `the footer`. */
  what: string;
  /** When it was found, milliseconds. */
  at: number;
}

export interface ScrubState {
  /** When all sealed segments had been read once more, milliseconds; undefined before the first time. */
  finishedAt: number | undefined;
  /** Bytes read since the start. */
  bytes: number;
  damage: readonly Damage[];
}
