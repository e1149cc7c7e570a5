import { hash53 } from '../../domain/hash.ts';
import { DamagedRecord } from '../damage.ts';
import type { JournalRecord } from '../journal.ts';
import { mayHold } from './bloom.ts';
import type { OpenFile } from './files.ts';
import { claimedLength, decodeFrame, frameAt, HEADER_BYTES } from './frame.ts';
import type { IndexCache } from './index-cache.ts';
import { ordinalsOf } from './index-file.ts';
import { type Log, segmentOf } from './log.ts';
import { DATA_START, type Segment } from './segment.ts';

const CHUNK_BYTES = 512 * 1024;

/** Where a record of a segment lies, and where the next one would. */
export async function extentOf(segment: Segment, sequence: number, indexes: IndexCache): Promise<[number, number]> {
  const ordinal = sequence - segment.first;
  if (segment.offsets !== undefined) return extent(segment, segment.offsets.values, ordinal);
  return extent(segment, (await indexes.get(segment)).offsets, ordinal);
}

function extent(segment: Segment, offsets: Uint32Array, ordinal: number): [number, number] {
  return [offsets[ordinal], ordinal + 1 < segment.count ? offsets[ordinal + 1] : segment.tail];
}

/** A durable record of one of the newest segments, at once: its file is open and most likely in the page cache. */
export function readRecentSync(segment: Segment, sequence: number): JournalRecord {
  const [start, end] = extent(segment, segment.offsets!.values, sequence - segment.first);
  const source = Buffer.allocUnsafe(end - start);
  segment.file!.readSync(source, start);
  return decoded(segment, sequence, source, start);
}

/** A durable record. */
export async function readRecord(log: Log, indexes: IndexCache, sequence: number): Promise<JournalRecord> {
  const segment = segmentOf(log, sequence);
  if (segment.names !== undefined) return readRecentSync(segment, sequence);
  const [start, end] = await extentOf(segment, sequence, indexes);
  const file = await log.files.open(segment.path, 'read');
  try {
    const source = Buffer.allocUnsafe(end - start);
    await file.read(source, start);
    return decoded(segment, sequence, source, start);
  } finally {
    await file.close();
  }
}

function decoded(segment: Segment, sequence: number, source: Buffer, offset: number): JournalRecord {
  const frame = frameAt(source, 0, source.length);
  if (frame?.sequence !== sequence) throw new DamagedRecord(segment.path, offset, sequence);
  return decodeFrame(source, frame);
}

/** The first record with a name among the segments that are known by their index only. */
export async function findSealed(log: Log, indexes: IndexCache, name: string): Promise<JournalRecord | undefined> {
  const hash = hash53(name);
  for (const segment of log.segments) {
    if (segment.names !== undefined) return undefined;
    if (segment.bloom !== undefined && !mayHold(segment.bloom, hash)) continue;
    for (const ordinal of ordinalsOf(await indexes.get(segment), hash)) {
      const record = await readRecord(log, indexes, segment.first + ordinal);
      if (record.key === name || record.aliases?.includes(name)) return record;
    }
  }
  return undefined;
}

/** Durable records from a sequence on, ending at what is durable when it gets there. */
export async function* readFrom(log: Log, indexes: IndexCache, fromSequence: number): AsyncGenerator<JournalRecord> {
  let next = Math.max(1, fromSequence);
  while (next <= log.durable) {
    const segment = segmentOf(log, next);
    const start = next === segment.first ? DATA_START : (await extentOf(segment, next, indexes))[0];
    const file = await log.files.open(segment.path, 'read');
    try {
      for await (const record of readSegment(segment, file, start, next)) {
        yield record;
        next = record.sequence + 1;
      }
    } finally {
      await file.close();
    }
  }
}

/** The records of one segment from an offset on, up to what is durable. */
async function* readSegment(segment: Segment, file: OpenFile, start: number, first: number) {
  let position = start;
  let sequence = first;
  let wanted = CHUNK_BYTES;
  while (position < segment.durableEnd) {
    const source = Buffer.allocUnsafe(Math.min(wanted, segment.durableEnd - position));
    if ((await file.read(source, position)) < source.length) throw new DamagedRecord(segment.path, position, sequence);
    wanted = CHUNK_BYTES;
    let at = 0;
    while (at + HEADER_BYTES <= source.length) {
      const length = claimedLength(source, at);
      if (at + length > source.length && position + at + length <= segment.durableEnd) {
        wanted = Math.max(CHUNK_BYTES, length);
        break;
      }
      // An erase may have run while this chunk was read; a second look tells it from damage.
      const frame = frameAt(source, at, source.length) ?? (await reread(file, source, position, at));
      if (frame?.sequence !== sequence) throw new DamagedRecord(segment.path, position + at, sequence);
      yield decodeFrame(source, frame);
      sequence++;
      at += frame.length;
    }
    position += at;
  }
}

async function reread(file: OpenFile, source: Buffer, position: number, at: number) {
  await file.read(source.subarray(at), position + at);
  return frameAt(source, at, source.length);
}
