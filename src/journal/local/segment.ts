import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { BloomFilter } from './bloom.ts';
import type { Files, OpenFile } from './files.ts';
import type { Owner } from './owner.ts';

/**
 * A segment file, named by its first sequence in 16 digits.
 *
 *    0  "ASSAYJNL", u32 format version, u32 owner (see owner.ts; 0 by releases before 0.2), f64 first sequence, u32 crc32 of bytes 0 .. 24
 *   32  f64 first sequence of the segment before, u32 crc32 of these 8 bytes; none by releases before 0.2
 *   44  u32 owner that the segment before names, u32 crc32 of bytes 32 .. 48; none by releases before 0.2
 *  512  f64 sequence, u32 crc32 of these 8 bytes: the mark. All up to this sequence was durable when it was written, so it
 *       may reach the disk at any time, or never. It tells a last batch that was acknowledged from one that was not
 * 4096  frames (see frame.ts), then zeroes up to what is allocated: an fdatasync within needs no change of the file's size
 *
 * A sealed segment has a footer right after its last frame and ends there:
 *    0  "ASSAYEND", f64 first sequence, f64 last sequence, f64 offset of this footer, u32 crc32 of bytes 0 .. 32
 */
export const DATA_START = 4096;
export const MARK_AT = 512;
const MARK_BYTES = 12;
export const FOOTER_BYTES = 40;
const HEADER_BYTES = 28;
const BEFORE_AT = 32;
const BEFORE_OWNER_AT = 44;
export const HEAD_BYTES = 52;
const SEGMENT_VERSION = 1;
const HEADER_MAGIC = Buffer.from('ASSAYJNL');
const FOOTER_MAGIC = Buffer.from('ASSAYEND');
/** Zeroes of a new file. */
const firstAllocation = (segmentBytes: number) => Math.min(1024 * 1024, segmentBytes >>> 2);
/** Zeroes written at once: more would hold up the records, which go to the same disk. */
const allocationStep = (segmentBytes: number) => Math.min(256 * 1024, segmentBytes >>> 4);

export interface Segment extends Allocated {
  path: string;
  first: number;
  /** Who began it, as its header says; 0 where it names none. */
  owner: number;
  /** Records handed in, durable or not. */
  count: number;
  /** Where the next record goes. */
  tail: number;
  /** End of what is durable. */
  durableEnd: number;
  sealed: boolean;
  /** Key or alias → sequence, and ordinal → offset, while the segment is one of the newest. */
  names: Map<string, number> | undefined;
  offsets: Offsets | undefined;
  /** Once the index file is written. */
  bloom: BloomFilter | undefined;
  /** Of one that was cut out of the log: what is left of it (see kept-file.ts). */
  kept?: Kept;
  /** The file is open while names are held. */
}

/** In memory for as long as the journal is open. */
export interface Kept {
  /** Of the records that stay, ascending. */
  sequences: Float64Array;
  offsets: Uint32Array;
  /** When the newest record of the segment was accepted, milliseconds. */
  newestAt: number;
}

export const segmentPath = (directory: string, first: number) =>
  join(directory, `${String(first).padStart(16, '0')}.journal`);

export const indexPath = (path: string) => path.replace(/journal$/, 'index');

export function newSegment(directory: string, first: number): Segment {
  return {
    path: segmentPath(directory, first),
    first,
    owner: 0,
    count: 0,
    tail: DATA_START,
    durableEnd: DATA_START,
    allocated: 0,
    sealed: false,
    names: new Map(),
    offsets: new Offsets(),
    bloom: undefined,
    file: undefined,
  };
}

/** Offsets of the records of a segment by ordinal, in a typed array that grows. */
export class Offsets {
  values = new Uint32Array(1024);
  length = 0;

  push(offset: number): void {
    if (this.length === this.values.length) {
      const wider = new Uint32Array(2 * this.values.length);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = offset;
  }
}

/** A file that is being filled with zeroes. */
export interface Allocated {
  file: OpenFile | undefined;
  /** End of the zeroes. */
  allocated: number;
}

/** Makes a file of zeroes, to become the next segment. */
export async function createSpare(
  files: Files,
  directory: string,
  owner: number,
  segmentBytes: number,
): Promise<Allocated> {
  const file = await files.open(sparePath(directory, owner), 'create');
  const spare = { file, allocated: 0 };
  await allocate(spare, DATA_START + firstAllocation(segmentBytes), segmentBytes);
  return spare;
}

export const removeSpare = (files: Files, directory: string, owner: number) =>
  files.remove(sparePath(directory, owner));

/** Spares of owners that are gone. */
export async function removeOldSpares(files: Files, directory: string): Promise<void> {
  for (const name of await files.list(directory))
    if (/^spare(\.\d+)?\.tmp$/.test(name)) await files.remove(join(directory, name));
}

const sparePath = (directory: string, owner: number) => join(directory, `spare.${owner}.tmp`);

/**
 * Turns the spare file into the file of a segment. Durable when it resolves. By a link, which never replaces a file: a segment of
 * that name is one of an owner who took over.
 */
export async function adoptSpare(
  { files, directory, owner: { number: owner, check } }: { files: Files; directory: string; owner: Owner },
  segment: Segment,
  before: Pick<Segment, 'first' | 'owner'>,
  spare: Allocated,
): Promise<void> {
  const file = spare.file!;
  const header = Buffer.alloc(HEAD_BYTES);
  HEADER_MAGIC.copy(header);
  header.writeUInt32LE(SEGMENT_VERSION, 8);
  header.writeUInt32LE(owner, 12);
  header.writeDoubleLE(segment.first, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 24)), 24);
  header.writeDoubleLE(before.first, BEFORE_AT);
  header.writeUInt32LE(crc32(header.subarray(BEFORE_AT, BEFORE_AT + 8)), BEFORE_AT + 8);
  header.writeUInt32LE(before.owner, BEFORE_OWNER_AT);
  header.writeUInt32LE(crc32(header.subarray(BEFORE_AT, BEFORE_OWNER_AT + 4)), BEFORE_OWNER_AT + 4);
  await file.write(header, 0);
  await file.sync();
  try {
    await files.link(sparePath(directory, owner), segment.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isOlder(files, segment.path, owner))) throw error;
    check();
    await setAside(files, segment.path);
    await files.link(sparePath(directory, owner), segment.path);
  }
  await removeSpare(files, directory, owner);
  await files.syncDirectory(directory);
  segment.file = file;
  segment.owner = owner;
  segment.allocated = spare.allocated;
}

/**
 * Keeps the bytes of a segment in which nothing was acknowledged under a name of its own, by the owner that it names: whoever does
 * this may have been replaced without knowing, and then the next start needs the segment back (see `bringBack`).
 */
export async function setAside(files: Files, path: string): Promise<void> {
  const owner = (await headOf(files, path))?.owner ?? 0;
  await files.rename(path, `${path}.${owner}.orphan`);
  await files.remove(indexPath(path));
}

async function isOlder(files: Files, path: string, owner: number): Promise<boolean> {
  return ((await headOf(files, path))?.owner ?? owner) < owner;
}

/** What a file says of itself; undefined where that is damaged. */
export async function headOf(files: Files, path: string): Promise<Head | undefined> {
  const file = await files.open(path, 'read');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    await file.read(bytes, 0);
    return readHead(bytes);
  } finally {
    await file.close();
  }
}

/** Fills with zeroes so that at least `end` is allocated. Never touches what lies before. */
export async function allocate(target: Allocated, end: number, segmentBytes: number): Promise<void> {
  if (end <= target.allocated) return;
  const next = Math.max(end, Math.min(segmentBytes, target.allocated + allocationStep(segmentBytes)));
  await target.file!.write(Buffer.alloc(next - target.allocated), target.allocated);
  await target.file!.sync();
  target.allocated = next;
}

/** Writes the footer and cuts the file behind it. Durable when it resolves. */
export async function sealSegment(segment: Segment): Promise<void> {
  const file = segment.file!;
  await file.write(footerOf(segment), segment.tail);
  await file.truncate(segment.tail + FOOTER_BYTES);
  await file.sync();
  segment.allocated = segment.tail + FOOTER_BYTES;
  segment.sealed = true;
}

export function footerOf(segment: Pick<Segment, 'first' | 'count' | 'tail'>): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES);
  FOOTER_MAGIC.copy(footer);
  footer.writeDoubleLE(segment.first, 8);
  footer.writeDoubleLE(segment.first + segment.count - 1, 16);
  footer.writeDoubleLE(segment.tail, 24);
  footer.writeUInt32LE(crc32(footer.subarray(0, 32)), 32);
  return footer;
}

/** Notes in the header that all up to `sequence` is durable. Needs no sync of its own. */
export async function writeMark(segment: Segment, sequence: number): Promise<void> {
  const mark = Buffer.alloc(MARK_BYTES);
  mark.writeDoubleLE(sequence, 0);
  mark.writeUInt32LE(crc32(mark.subarray(0, 8)), 8);
  await segment.file!.write(mark, MARK_AT);
}

/** First sequence that the header names; undefined where the header is damaged. */
export function readHeader(source: Buffer): number | undefined {
  if (source.length < HEADER_BYTES || !source.subarray(0, 8).equals(HEADER_MAGIC)) return undefined;
  if (crc32(source.subarray(0, 24)) !== source.readUInt32LE(24)) return undefined;
  if (source.readUInt32LE(8) !== SEGMENT_VERSION) return undefined;
  return source.readDoubleLE(16);
}

export interface Head {
  first: number;
  /** Who began the segment; 0 where none is named. */
  owner: number;
  /** First sequence of the segment that it follows, 0 for the first one; undefined where it is not said. */
  before: number | undefined;
  /** Owner that this one names; undefined where it is not said. */
  beforeOwner: number | undefined;
}

/** Of the first 52 bytes; undefined where the header is damaged. */
export function readHead(source: Buffer): Head | undefined {
  const first = readHeader(source);
  if (first === undefined) return undefined;
  const said =
    source.length >= BEFORE_AT + 12 &&
    crc32(source.subarray(BEFORE_AT, BEFORE_AT + 8)) === source.readUInt32LE(BEFORE_AT + 8);
  const saidOwner =
    source.length >= HEAD_BYTES &&
    crc32(source.subarray(BEFORE_AT, BEFORE_OWNER_AT + 4)) === source.readUInt32LE(BEFORE_OWNER_AT + 4);
  return {
    ...{ first, owner: source.readUInt32LE(12) },
    before: said ? source.readDoubleLE(BEFORE_AT) : undefined,
    beforeOwner: said && saidOwner ? source.readUInt32LE(BEFORE_OWNER_AT) : undefined,
  };
}

/** The sequence of the mark; 0 where there is none. */
export function readMark(source: Buffer): number {
  if (source.length < MARK_AT + MARK_BYTES) return 0;
  const valid = crc32(source.subarray(MARK_AT, MARK_AT + 8)) === source.readUInt32LE(MARK_AT + 8);
  return valid ? source.readDoubleLE(MARK_AT) : 0;
}

export interface Footer {
  first: number;
  last: number;
  tail: number;
}

/** The footer at an offset, if one lies there whole. */
export function readFooter(source: Buffer, at: number): Footer | undefined {
  if (at < 0 || at + FOOTER_BYTES > source.length) return undefined;
  if (!source.subarray(at, at + 8).equals(FOOTER_MAGIC)) return undefined;
  if (crc32(source.subarray(at, at + 32)) !== source.readUInt32LE(at + 32)) return undefined;
  return { first: source.readDoubleLE(at + 8), last: source.readDoubleLE(at + 16), tail: source.readDoubleLE(at + 24) };
}
