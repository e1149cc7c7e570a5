import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { hash53 } from '../../domain/hash.ts';
import { DamagedRecord } from '../damage.ts';
import type { BloomFilter } from './bloom.ts';
import { type Files, readWhole, replaceFile } from './files.ts';
import { decodeFrame, frameAt, frameNames } from './frame.ts';
import type { SegmentIndex } from './index-file.ts';
import { STAYS } from './kept-types.ts';
import { DATA_START, type Kept, newSegment, type Segment } from './segment.ts';

/**
 * What is left of a segment that was cut out of the log, `<first sequence>.kept`: some of its records, and which names were taken.
 * Little-endian.
 *
 *    0  "ASSAYKPT", u32 version, u32 crc32 of bytes 16 .. 72
 *   16  f64 first sequence, f64 last sequence, f64 at of the newest record, f64 T, u32 R records, u32 E names, u32 B bytes of filter,
 *       u32 crc32 of the table, u64 zero
 * 4096  the frames of the records that stay, as they were (see frame.ts)
 *    T  the table: f64 × E hashes of the names, ascending; f64 × R sequences; u32 × E crc32 of each name; u32 × R offsets;
 *       u8 × B filter of the hashes
 *
 * A name is taken where both of its sums are there: one new name in 2⁸⁵ for each that is held is mistaken for a taken one.
 */
const MAGIC = Buffer.from('ASSAYKPT');
const VERSION = 1;
const HEADER_BYTES = 72;
const SUMMED_FROM = 16;
const CHUNK_BYTES = 256 * 1024;

export interface KeptTable extends Kept {
  hashes: Float64Array;
  sums: Uint32Array;
  bloom: BloomFilter;
}

export const keptPath = (directory: string, first: number) =>
  join(directory, `${String(first).padStart(16, '0')}.kept`);

/** Writes what stays of a sealed segment, durably; by a name of its own until it is whole, since a replaced owner may be at it too. Throws where a record of it is damaged: then nothing is written. */
export async function writeKept(files: Files, segment: Segment, index: SegmentIndex, owner: number): Promise<Segment> {
  const { hashes, offsets, bloom } = index;
  const sums = new Uint32Array(hashes.length);
  const given = new Uint8Array(hashes.length);
  const frames: Buffer[] = [];
  const kept: { sequence: number; offset: number }[] = [];
  let end = DATA_START;
  let newestAt = Number.NEGATIVE_INFINITY;
  const file = await files.open(segment.path, 'read');
  try {
    const endOf = (ordinal: number) => (ordinal + 1 < offsets.length ? offsets[ordinal + 1] : segment.tail);
    for (let first = 0; first < offsets.length; ) {
      let last = first;
      while (last + 1 < offsets.length && endOf(last + 1) - offsets[first] <= CHUNK_BYTES) last++;
      const start = offsets[first];
      const source = Buffer.allocUnsafe(endOf(last) - start);
      await file.read(source, start);
      for (let ordinal = first; ordinal <= last; ordinal++) {
        const at = offsets[ordinal] - start;
        const frame = frameAt(source, at, endOf(ordinal) - start);
        const sequence = segment.first + ordinal;
        if (frame?.sequence !== sequence) throw new DamagedRecord(segment.path, offsets[ordinal], sequence);
        for (const name of frameNames(source, frame)) note(name);
        newestAt = Math.max(newestAt, source.readDoubleLE(at + 32));
        if (!STAYS[decodeFrame(source, frame).type]) continue;
        frames.push(Buffer.from(source.subarray(at, at + frame.length)));
        kept.push({ sequence, offset: end });
        end += frame.length;
      }
      first = last + 1;
      // So that no decision waits for a whole segment.
      await nextTurn();
    }
  } finally {
    await file.close();
  }

  function note(name: string): void {
    const hash = hash53(name);
    const sum = crc32(name);
    let low = firstFrom(hashes, hash);
    while (hashes[low] === hash && given[low] && sums[low] !== sum) low++;
    if (hashes[low] !== hash) throw new Error(`${segment.path}: its index lacks a name`);
    sums[low] = sum;
    given[low] = 1;
  }

  const sequences = Float64Array.from(kept, ({ sequence }) => sequence);
  const keptOffsets = Uint32Array.from(kept, ({ offset }) => offset);
  const table = Buffer.concat([hashes, sequences, sums, keptOffsets, bloom.bits].map(bytesOf));
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  header.writeDoubleLE(segment.first, 16);
  header.writeDoubleLE(segment.first + segment.count - 1, 24);
  header.writeDoubleLE(newestAt, 32);
  header.writeDoubleLE(end, 40);
  for (const [i, value] of [kept.length, hashes.length, bloom.bits.length, crc32(table)].entries())
    header.writeUInt32LE(value, 48 + 4 * i);
  header.writeUInt32LE(crc32(header.subarray(SUMMED_FROM)), 12);
  const directory = dirname(segment.path);
  const path = keptPath(directory, segment.first);
  const whole = Buffer.concat([header, Buffer.alloc(DATA_START - HEADER_BYTES), ...frames, table]);
  await replaceFile(files, directory, path, whole, `${path}.${owner}.tmp`);
  return segmentOfKept(directory, {
    ...{ first: segment.first, last: segment.first + segment.count - 1, tail: end, bloom },
    kept: { sequences, offsets: keptOffsets, newestAt },
  });
}

interface Read {
  first: number;
  last: number;
  tail: number;
  bloom: BloomFilter;
  kept: Kept;
}

function segmentOfKept(directory: string, { first, last, tail, bloom, kept }: Read): Segment {
  return {
    ...newSegment(directory, first),
    ...{ path: keptPath(directory, first), count: last - first + 1, tail, durableEnd: tail, sealed: true },
    ...{ names: undefined, offsets: undefined, bloom, kept },
  };
}

/** As a segment of the log; undefined where its header or its table is damaged. The frames are looked at when they are read. */
export async function openKept(files: Files, directory: string, first: number): Promise<Segment | undefined> {
  const table = await readKept(files, keptPath(directory, first));
  if (table?.first !== first) return undefined;
  const { sequences, offsets, newestAt } = table;
  return segmentOfKept(directory, { ...table, kept: { sequences, offsets, newestAt } });
}

/** The last sequence that a file stands for, by its header; undefined where that is damaged. */
export async function endOfKept(files: Files, directory: string, first: number): Promise<number | undefined> {
  const file = await files.open(keptPath(directory, first), 'read');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0);
    return isWhole(header) && header.readDoubleLE(16) === first ? header.readDoubleLE(24) : undefined;
  } finally {
    await file.close();
  }
}

function isWhole(header: Buffer): boolean {
  return (
    header.subarray(0, 8).equals(MAGIC) &&
    crc32(header.subarray(SUMMED_FROM, HEADER_BYTES)) === header.readUInt32LE(12) &&
    header.readUInt32LE(8) === VERSION
  );
}

/** The file's table and what its header says. */
export async function readKept(
  files: Files,
  path: string,
): Promise<(KeptTable & { first: number; last: number; tail: number; source: Buffer }) | undefined> {
  const source = await readWhole(files, path);
  if (source === undefined || source.length < DATA_START || !isWhole(source)) return undefined;
  const header = source.subarray(0, HEADER_BYTES);
  const tail = header.readDoubleLE(40);
  const [records, names, bloomBytes, sum] = [0, 1, 2, 3].map((i) => header.readUInt32LE(48 + 4 * i));
  const table = source.subarray(tail);
  if (table.length !== 12 * (records + names) + bloomBytes || crc32(table) !== sum) return undefined;
  // Copied, because a typed array must start at a multiple of its element's size.
  const copy = new Uint8Array(table).buffer;
  const sumsAt = 8 * (names + records);
  return {
    ...{
      first: header.readDoubleLE(16),
      last: header.readDoubleLE(24),
      newestAt: header.readDoubleLE(32),
      tail,
      source,
    },
    hashes: new Float64Array(copy, 0, names),
    sequences: new Float64Array(copy, 8 * names, records),
    sums: new Uint32Array(copy, sumsAt, names),
    offsets: new Uint32Array(copy, sumsAt + 4 * names, records),
    bloom: { bits: new Uint8Array(copy, 12 * (names + records)) },
  };
}

/** Whether all that a file holds fits its checksums. */
export async function isWholeKept(files: Files, path: string): Promise<boolean> {
  const table = await readKept(files, path);
  if (table === undefined) return false;
  const { source, sequences, offsets, tail } = table;
  return sequences.every((sequence, i) => frameAt(source, offsets[i], tail)?.sequence === sequence);
}

/** Whether a name is one of those that are taken. */
export function isTaken({ hashes, sums }: KeptTable, name: string): boolean {
  const hash = hash53(name);
  const sum = crc32(name);
  for (let at = firstFrom(hashes, hash); hashes[at] === hash; at++) if (sums[at] === sum) return true;
  return false;
}

/** Where the hashes, in ascending order, reach this one. */
function firstFrom(hashes: ArrayLike<number>, hash: number): number {
  let low = 0;
  for (let high = hashes.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (hashes[middle] < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

const bytesOf = (array: Float64Array | Uint32Array | Uint8Array) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength);
