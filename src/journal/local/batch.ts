import type { Appended, JournalEntry } from '../journal.ts';
import type { Contents } from './contents.ts';
import { encodeFrame, frameBound } from './frame.ts';
import type { Segment } from './segment.ts';

/** Records that become durable together by one write and one sync. All lie in one segment. */
export interface Batch {
  segment: Segment;
  first: number;
  /** Where it begins in the file. */
  offset: number;
  buffer: Buffer;
  length: number;
  records: Appended[];
  durable: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

const FIRST_BUFFER_BYTES = 256 * 1024;
/** A larger buffer is not kept for a later batch. */
const KEPT_BUFFER_BYTES = 8 * 1024 * 1024;
const KEPT_BUFFERS = 2;
/** Vectors are copied into arrays of this many numbers: an allocation for each would cost more than the copy. */
const SLAB_LENGTH = 4096;

/** An empty batch that begins where the segment ends. Buffers are taken from `spare` where there is one. */
export function newBatch(segment: Segment, first: number, spare: Buffer[]): Batch {
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits sees the failure; nobody needs to wait.
  promise.catch(() => {});
  return { segment, first, offset: segment.tail, buffer, length: 0, records: [], durable: promise, resolve, reject };
}

/** Keeps the buffer of a written batch for another. */
export function keepBuffer({ buffer }: Batch, spare: Buffer[]): void {
  if (spare.length < KEPT_BUFFERS && buffer.length <= KEPT_BUFFER_BYTES) spare.push(buffer);
}

/** Writes a frame behind those of the batch, which does not count it yet. Returns its length. */
export function encodeInto(batch: Batch, sequence: number, entry: JournalEntry, contents: Contents): number {
  const bound = frameBound(contents);
  if (batch.buffer.length - batch.length < bound) {
    const wider = Buffer.allocUnsafeSlow(Math.max(2 * batch.buffer.length, batch.length + bound));
    batch.buffer.copy(wider, 0, 0, batch.length);
    batch.buffer = wider;
  }
  return encodeFrame(batch.buffer, batch.length, sequence, batch.first, entry, contents);
}

/** Copies vectors, so that a caller may go on to use its array for the next one. */
export function vectorCopier(): (vector: Float64Array) => Float64Array {
  let slab = new Float64Array(0);
  let used = 0;
  return (vector) => {
    if (vector.length > SLAB_LENGTH / 16) return new Float64Array(vector);
    if (used + vector.length > slab.length) {
      slab = new Float64Array(SLAB_LENGTH);
      used = 0;
    }
    const copy = slab.subarray(used, used + vector.length);
    used += vector.length;
    copy.set(vector);
    return copy;
  };
}
