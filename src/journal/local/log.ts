import type { Format } from './contents.ts';
import type { Files } from './files.ts';
import type { Owner } from './owner.ts';
import type { Segment } from './segment.ts';

/** What the parts of a journal share. */
export interface Log {
  files: Files;
  directory: string;
  owner: Owner;
  segmentBytes: number;
  /** Of the records that are written from now on. */
  format: Format;
  /** Oldest first; the last takes the next record. */
  segments: Segment[];
  /** Sequences, as in the port. */
  durable: number;
  last: number;
}

/** The first sequence that is held whole. */
export function beginOf(log: Log): number {
  return log.segments.find(({ kept }) => kept === undefined)?.first ?? log.last + 1;
}

/** The segment that holds a sequence from 1 to `last`. */
export function segmentOf(log: Log, sequence: number): Segment {
  let low = 0;
  let high = log.segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (log.segments[middle].first <= sequence) low = middle;
    else high = middle - 1;
  }
  return log.segments[low];
}
