import type { RecordType } from '../../journal/journal.ts';
import type { Form } from './numbers.ts';

/**
 * A chunk: what backtests read of so many records of the log, by columns. Derived, and made anew where it is missing or damaged.
 *
 *   0  "ASSAYCOL", u32 version, u32 crc32 of all from 24 on, u32 bytes of the head, 4 zeroes
 *  24  the head: JSON, zeroes up to a multiple of 8
 *      the columns, each from a multiple of 8 on: one number a decision (see numbers.ts)
 *      where each text ends, u32 each, and the texts, UTF-8, one after another
 *
 * Nothing of it is personal: it holds what an erasure leaves of a record.
 */
export const MAGIC = Buffer.from('ASSAYCOL');
export const VERSION = 2;
export const HEAD_AT = 24;
/** Chunk n holds the records from n × this + 1 on. */
export const CHUNK_RECORDS = 4096;

export const chunkFirst = (sequence: number): number => Math.floor((sequence - 1) / CHUNK_RECORDS) * CHUNK_RECORDS + 1;

export interface ColumnHead {
  name: string;
  form: Form;
  /** Where all numbers are the same; null is NaN. */
  value?: number | null | undefined;
  /** Offset behind the head. */
  at?: number;
}

export interface Head {
  first: number;
  count: number;
  /** Decisions among them. */
  rows: number;
  entityTypes: string[];
  /** Its first and last record: a chunk of another log has others. */
  ends: { key: string; at: number }[];
  columns: ColumnHead[];
  /** How many texts there are, and where they begin behind the head. */
  texts: { count: number; at: number };
  /** What is said of payments: its place among the records, its type, when, its data as JSON. */
  told: [ordinal: number, type: RecordType, at: number, data: string][];
}

/** Records that profiles learn of, or that tell what is true of a payment. All others are of no use to a backtest. */
export const TOLD: ReadonlySet<RecordType> = new Set<RecordType>([
  ...(['label', 'label.withdraw', 'dispute', 'event', 'review', 'finalize'] as const),
]);

/** Where chunks lie, by their first sequence. */
export interface ChunkFiles {
  read(first: number): Promise<Uint8Array | undefined>;
  /** Whole or not at all. */
  write(first: number, bytes: Uint8Array): Promise<void>;
}
