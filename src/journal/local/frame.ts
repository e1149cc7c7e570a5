import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import type { JournalEntry, JournalRecord, RecordType } from '../journal.ts';
import { type Contents, contentsOf, type Format, namesOf, readContents } from './contents.ts';

/**
 * One record in a segment file. Little-endian, every frame starts at and spans a multiple of 8 bytes.
 *
 *   0  u32  magic FF 'A' 'S' 'J'      FF occurs in no UTF-8, so text never looks like a frame
 *   4  u32  crc32 of bytes 8 .. P     all but the personal block, which may be erased later
 *   8  u32  length of the frame
 *  12  u8   format version, u8 type, u16 flags (1: has a vector)
 *  16  f64  sequence
 *  24  f64  first sequence of the batch: all before it was durable when this was written
 *  32  f64  at, milliseconds since the epoch
 *  40  u32  V numbers of the vector that follow, u32 N bytes of names, u32 D of public data, u32 Q of personal data
 *  56  f64 × V                        the vector, bits as they are; of version 2 it is in the public data, and V is 0
 *      u8 × N                         names: the key, then the aliases
 *      u8 × D                         public data
 *      zeroes up to a multiple of 8 = P
 *   P  u8   A5 live, 5A erased; 3 zeroes; u32 crc32 of the next bytes      only where Q > 0
 * P+8  u8 × Q, zeroes up to a multiple of 8                                personal data
 *
 * contents.ts says how names and data are written by each version. Releases that know only version 1 see where a frame of version 2
 * begins and ends, and refuse to read it.
 *
 * An erase first sets the state, a single byte, and syncs it; then it overwrites the checksum and the text by zeroes.
 * A reader ignores both once the state says erased, so no moment of an erase looks like damage.
 */
export const HEADER_BYTES = 56;
export const MAGIC = 0x4a5341ff;
export const LIVE = 0xa5;
export const ERASED = 0x5a;
export const PERSONAL_HEADER_BYTES = 8;
const HAS_VECTOR = 1;

if (endianness() !== 'LE') throw new Error('the journal needs a little-endian machine');

/** Numbers on disk: never change or reuse one. */
const TYPE_CODES = {
  decision: 1,
  intake: 2,
  failed: 3,
  label: 4,
  finalize: 5,
  amend: 6,
  delete: 7,
  'user.create': 8,
  'user.update': 9,
  'user.delete': 10,
  'key.create': 11,
  'key.revoke': 12,
  'model.promote': 13,
  case: 14,
  audit: 15,
  'model.shadow': 16,
  void: 17,
  narrative: 18,
  'model.keep': 19,
  'webhook.create': 20,
  'webhook.update': 21,
  'webhook.delete': 22,
  'webhook.resume': 23,
  'webhook.told': 24,
  event: 25,
  dispute: 26,
  review: 27,
  'label.withdraw': 28,
  'policy.rule': 40,
  'policy.thresholds': 41,
  'policy.control': 42,
  'policy.restore': 43,
  'policy.list': 44,
  'policy.entries': 45,
  drift: 46,
  erasure: 48,
  'erasure.done': 49,
  'model.canary': 52,
  view: 53,
  desk: 54,
  entity: 55,
} satisfies Record<RecordType, number>;
const TYPES: (RecordType | undefined)[] = [];
for (const [type, code] of Object.entries(TYPE_CODES)) TYPES[code] = type as RecordType;

const aligned = (bytes: number) => (bytes + 7) & ~7;

/** The contents of an entry, made before a sequence is given so that what is no JSON leaves no gap. */
export function entryContents(entry: JournalEntry, format: Format): Contents {
  if (TYPE_CODES[entry.type] === undefined) throw new TypeError(`unknown record type ${entry.type}`);
  return contentsOf(entry, format);
}

/** The most bytes that a part can take: UTF-8 has at most 3 bytes a UTF-16 unit. */
const bound = (part: string | Uint8Array) => (typeof part === 'string' ? 3 : 1) * part.length;

/** The most bytes that a frame can take. */
export function frameBound({ names, data, personal, vector }: Contents): number {
  const parts = bound(names) + bound(data) + bound(personal);
  return HEADER_BYTES + PERSONAL_HEADER_BYTES + 16 + parts + 8 * (vector?.length ?? 0);
}

function writePart(target: Buffer, at: number, part: string | Uint8Array): number {
  if (typeof part === 'string') return target.write(part, at, 'utf8');
  target.set(part, at);
  return part.length;
}

/** Writes the frame at `start`, where `frameBound` bytes must be free. Returns its length. */
export function encodeFrame(
  target: Buffer,
  start: number,
  sequence: number,
  batchFirst: number,
  entry: JournalEntry,
  { format, names, data, personal, vector }: Contents,
): number {
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  let end = start + HEADER_BYTES;
  if (vector !== undefined) {
    target.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), end);
    end += vector.byteLength;
  }
  const namesBytes = writePart(target, end, names);
  end += namesBytes;
  const dataBytes = writePart(target, end, data);
  end = padded(target, start, end + dataBytes);
  const personalAt = end;
  let personalBytes = 0;
  if (personal.length > 0) {
    personalBytes = writePart(target, end + PERSONAL_HEADER_BYTES, personal);
    end = padded(target, start, end + PERSONAL_HEADER_BYTES + personalBytes);
    view.setUint32(personalAt, LIVE, true);
    view.setUint32(personalAt + 4, crc32(target.subarray(personalAt + PERSONAL_HEADER_BYTES, end)), true);
  }
  view.setUint32(start, MAGIC, true);
  view.setUint32(start + 8, end - start, true);
  view.setUint8(start + 12, format);
  view.setUint8(start + 13, TYPE_CODES[entry.type]);
  view.setUint16(start + 14, entry.vector === undefined ? 0 : HAS_VECTOR, true);
  view.setFloat64(start + 16, sequence, true);
  view.setFloat64(start + 24, batchFirst, true);
  view.setFloat64(start + 32, entry.at, true);
  view.setUint32(start + 40, vector?.length ?? 0, true);
  view.setUint32(start + 44, namesBytes, true);
  view.setUint32(start + 48, dataBytes, true);
  view.setUint32(start + 52, personalBytes, true);
  view.setUint32(start + 4, crc32(target.subarray(start + 8, personalAt)), true);
  return end - start;
}

/** Fills up with zeroes, so that a reused buffer leaks nothing into the file. */
function padded(target: Buffer, start: number, end: number): number {
  const stop = start + aligned(end - start);
  for (let i = end; i < stop; i++) target[i] = 0;
  return stop;
}

/** Where the parts of a valid frame lie in a buffer. */
export interface Frame {
  start: number;
  length: number;
  sequence: number;
  batchFirst: number;
  /** Offset of the names; the vector lies before it, the data after it. */
  namesAt: number;
  dataAt: number;
  /** Offset of the personal block; the end of the frame where there is none. */
  personalAt: number;
  personalBytes: number;
}

export const hasMagic = (source: Buffer, start: number) => source.readUInt32LE(start) === MAGIC;

/** The length that a frame at `start` claims; 0 where there is none. Reads 12 bytes. */
export function claimedLength(source: Buffer, start: number): number {
  return hasMagic(source, start) ? source.readUInt32LE(start + 8) : 0;
}

/** The frame at `start` if all its checksums hold and it ends within `limit`. */
export function frameAt(source: Buffer, start: number, limit: number): Frame | undefined {
  if (limit - start < HEADER_BYTES || !hasMagic(source, start)) return undefined;
  const length = source.readUInt32LE(start + 8);
  if (length % 8 !== 0 || length < HEADER_BYTES || length > limit - start) return undefined;
  const namesAt = start + HEADER_BYTES + 8 * source.readUInt32LE(start + 40);
  const dataAt = namesAt + source.readUInt32LE(start + 44);
  const personalAt = start + aligned(dataAt + source.readUInt32LE(start + 48) - start);
  const personalBytes = source.readUInt32LE(start + 52);
  const end = personalBytes === 0 ? personalAt : personalAt + PERSONAL_HEADER_BYTES + aligned(personalBytes);
  if (end !== start + length) return undefined;
  if (crc32(source.subarray(start + 8, personalAt)) !== source.readUInt32LE(start + 4)) return undefined;
  if (personalBytes > 0 && !personalValid(source, personalAt, end)) return undefined;
  return {
    start,
    length,
    sequence: source.readDoubleLE(start + 16),
    batchFirst: source.readDoubleLE(start + 24),
    namesAt,
    dataAt,
    personalAt,
    personalBytes,
  };
}

function personalValid(source: Buffer, at: number, end: number): boolean {
  const state = source.readUInt32LE(at);
  if (state === ERASED) return true;
  return state === LIVE && crc32(source.subarray(at + PERSONAL_HEADER_BYTES, end)) === source.readUInt32LE(at + 4);
}

/** The key and the aliases of a frame. */
export function frameNames(source: Buffer, frame: Frame): string[] {
  return namesOf(source.subarray(frame.namesAt, frame.dataAt));
}

export const frameVersion = (source: Buffer, { start }: Pick<Frame, 'start'>): number => source[start + 12];

export function decodeFrame(source: Buffer, frame: Frame): JournalRecord {
  const { start, sequence, personalBytes, dataAt } = frame;
  const version = frameVersion(source, frame);
  const type = TYPES[source[start + 13]];
  if ((version !== 1 && version !== 2) || type === undefined) {
    throw new Error(
      `record ${sequence} has format version ${version} and type ${source[start + 13]}, which this release cannot read`,
    );
  }
  const [key, ...aliases] = frameNames(source, frame);
  const at = source.readDoubleLE(start + 32);
  const personalAt = frame.personalAt + PERSONAL_HEADER_BYTES;
  const isLive = personalBytes > 0 && source[frame.personalAt] === LIVE;
  const read = readContents(version, {
    about: { key, at },
    data: source.subarray(dataAt, dataAt + source.readUInt32LE(start + 48)),
    personal: isLive ? source.subarray(personalAt, personalAt + personalBytes) : undefined,
    vector:
      source.readUInt16LE(start + 14) & HAS_VECTOR ? source.subarray(start + HEADER_BYTES, frame.namesAt) : undefined,
  });
  const record: JournalRecord = { sequence, version, type, at, key, data: read.data };
  if (aliases.length > 0) record.aliases = aliases;
  if (read.personal !== undefined) record.personal = read.personal;
  if (read.vector !== undefined) record.vector = read.vector;
  return record;
}

/**
 * The frame with other contents, of exactly its length: what is shorter ends in what a reader passes over, so that no offset moves and no
 * index changes. Without `personal` that block is erased. Throws where the contents do not fit.
 */
export function refilled(
  source: Buffer,
  frame: Frame,
  data: Record<string, unknown>,
  personal: Record<string, unknown> | undefined,
): Buffer {
  const target = Buffer.from(source.subarray(frame.start, frame.start + frame.length));
  const at = (offset: number) => offset - frame.start;
  const record = decodeFrame(source, frame);
  const format = record.version as Format;
  const contents = contentsOf({ ...record, data, ...(personal ? { personal } : {}) }, format);
  const blank = format === 1 ? 0x20 : 0;
  blankAndWrite(target, at(frame.dataAt), source.readUInt32LE(frame.start + 48), contents.data, blank);
  const personalAt = at(frame.personalAt);
  if (frame.personalBytes > 0 && personal === undefined) {
    target.fill(0, personalAt);
    target.writeUInt32LE(ERASED, personalAt);
  } else if (frame.personalBytes > 0) {
    const content = personalAt + PERSONAL_HEADER_BYTES;
    blankAndWrite(target, content, frame.personalBytes, contents.personal, blank);
    target.writeUInt32LE(LIVE, personalAt);
    target.writeUInt32LE(crc32(target.subarray(content)), personalAt + 4);
  }
  target.writeUInt32LE(crc32(target.subarray(8, personalAt)), 4);
  return target;
}

function blankAndWrite(target: Buffer, start: number, length: number, part: string | Uint8Array, blank: number): void {
  const bytes = typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  if (bytes > length) throw new RangeError('what is left of a record is longer than it was');
  target.fill(blank, start, start + length);
  writePart(target, start, part);
}
