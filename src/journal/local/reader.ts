import { hash53 } from '../../domain/hash.ts';
import { DamagedRecord } from '../damage.ts';
import type { JournalRecord } from '../journal.ts';
import { RemovedRecord } from '../removed.ts';
import { mayHold } from './bloom.ts';
import type { OpenFile } from './files.ts';
import { claimedLength, decodeFrame, frameAt, HEADER_BYTES } from './frame.ts';
import type { IndexCache } from './index-cache.ts';
import { ordinalsOf, type SegmentIndex } from './index-file.ts';
import { isTaken, openKept, readKept } from './kept-file.ts';
import { type Log, segmentOf } from './log.ts';
import { DATA_START, type Segment } from './segment.ts';

const CHUNK_BYTES = 512 * 1024;

/** Where a record of a segment lies, and where the next one would. */
export async function extentOf(segment: Segment, sequence: number, indexes: IndexCache): Promise<[number, number]> {
  if (segment.kept !== undefined) return keptExtent(segment, sequence);
  const ordinal = sequence - segment.first;
  if (segment.offsets !== undefined) return extent(segment, segment.offsets.values, ordinal);
  return extent(segment, (await indexes.get(segment)).offsets, ordinal);
}

function extent(segment: Segment, offsets: Uint32Array, ordinal: number): [number, number] {
  return [offsets[ordinal], ordinal + 1 < segment.count ? offsets[ordinal + 1] : segment.tail];
}

function keptExtent({ kept, tail }: Segment, sequence: number): [number, number] {
  const { sequences, offsets } = kept!;
  const i = sequences.indexOf(sequence);
  if (i < 0) throw new RemovedRecord(`Record ${sequence}`);
  return [offsets[i], i + 1 < offsets.length ? offsets[i + 1] : tail];
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
  return unlessCut(
    log,
    segment,
    () => readRecordOf(log, indexes, segment, sequence),
    () => readRecord(log, indexes, sequence),
  );
}

/** Does it again where the segment was cut out of the log meanwhile. */
async function unlessCut<T>(log: Log, segment: Segment, work: () => Promise<T>, again: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!log.segments.includes(segment)) return again();
    // A successor may have cut it: then this one has no more say, and must not call it damaged.
    log.owner.check();
    if (!(await wasCutBefore(log, segment))) throw error;
    return again();
  }
}

/** Whether a replaced owner ended a cut that it had begun: then what stays of the segment takes its place. */
async function wasCutBefore(log: Log, segment: Segment): Promise<boolean> {
  if (segment.kept !== undefined) return false;
  const left = await openKept(log.files, log.directory, segment.first);
  if (left?.count !== segment.count) return false;
  const place = log.segments.indexOf(segment);
  if (place >= 0) log.segments[place] = left;
  return true;
}

async function readRecordOf(log: Log, indexes: IndexCache, segment: Segment, sequence: number): Promise<JournalRecord> {
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
    if (segment.kept !== undefined) {
      const record = await findKept(log, segment, name);
      if (record !== undefined) return record;
      continue;
    }
    const index = await unlessCut<SegmentIndex | undefined>(
      log,
      segment,
      () => indexes.get(segment),
      async () => undefined,
    );
    if (index === undefined) return findSealed(log, indexes, name);
    for (const ordinal of ordinalsOf(index, hash)) {
      const record = await readRecord(log, indexes, segment.first + ordinal);
      if (record.key === name || record.aliases?.includes(name)) return record;
    }
  }
  return undefined;
}

/** Throws `RemovedRecord` where the name is taken by a record that is not there any more. */
async function findKept(log: Log, segment: Segment, name: string): Promise<JournalRecord | undefined> {
  const table = await readKept(log.files, segment.path);
  if (table === undefined) throw new DamagedRecord(segment.path, 0, segment.first);
  if (!isTaken(table, name)) return undefined;
  const { source, sequences, offsets } = table;
  for (const [i, sequence] of sequences.entries()) {
    const frame = frameAt(source, offsets[i], table.tail);
    if (frame?.sequence !== sequence) throw new DamagedRecord(segment.path, offsets[i], sequence);
    const record = decodeFrame(source, frame);
    if (record.key === name || record.aliases?.includes(name)) return record;
  }
  throw new RemovedRecord('What had this name');
}

/** Durable records from a sequence on, ending at what is durable when it gets there. */
export async function* readFrom(log: Log, indexes: IndexCache, fromSequence: number): AsyncGenerator<JournalRecord> {
  let next = Math.max(1, fromSequence);
  /** Of what was passed over, the sequence before the first. */
  let follows: number | undefined;
  while (next <= log.durable) {
    const segment = segmentOf(log, next);
    if (segment.kept !== undefined) {
      follows ??= next - 1;
      for (const sequence of segment.kept.sequences) {
        if (sequence < next) continue;
        const record = await readRecordOf(log, indexes, segment, sequence);
        yield sequence === follows + 1 ? record : { ...record, follows };
        follows = sequence;
      }
      next = segment.first + segment.count;
      continue;
    }
    const from = next;
    const place = await unlessCut<Place | undefined>(
      log,
      segment,
      () => placeOf(log, indexes, segment, from),
      async () => undefined,
    );
    if (place === undefined) continue;
    const { file, start } = place;
    try {
      for await (const record of readSegment(segment, file, start, next)) {
        yield follows === undefined || follows + 1 === record.sequence ? record : { ...record, follows };
        follows = undefined;
        next = record.sequence + 1;
      }
    } finally {
      await file.close();
    }
  }
}

interface Place {
  file: OpenFile;
  start: number;
}

async function placeOf(log: Log, indexes: IndexCache, segment: Segment, sequence: number): Promise<Place> {
  const start = sequence === segment.first ? DATA_START : (await extentOf(segment, sequence, indexes))[0];
  return { file: await log.files.open(segment.path, 'read'), start };
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
