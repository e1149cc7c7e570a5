import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import type { JournalEntry, JournalRecord, RecordType } from '../journal.ts';

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
 *  40  u32  V numbers in the vector, u32 N bytes of names, u32 D bytes of public data, u32 Q bytes of personal data
 *  56  f64 × V                        the vector, bits as they are
 *      UTF-8 × N                      names: JSON array, the key first, then the aliases
 *      UTF-8 × D                      public data: JSON
 *      zeroes up to a multiple of 8 = P
 *   P  u8   A5 live, 5A erased; 3 zeroes; u32 crc32 of the next bytes      only where Q > 0
 * P+8  UTF-8 × Q, zeroes up to a multiple of 8                             personal data: JSON
 *
 * An erase first sets the state, a single byte, and syncs it; then it overwrites the checksum and the text by zeroes.
 * A reader ignores both once the state says erased, so no moment of an erase looks like damage.
 */
export const FORMAT_VERSION = 1;
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
} satisfies Record<RecordType, number>;
const TYPES: (RecordType | undefined)[] = [];
for (const [type, code] of Object.entries(TYPE_CODES)) TYPES[code] = type as RecordType;

const aligned = (bytes: number) => (bytes + 7) & ~7;

/** The texts of an entry, made before a sequence is given so that what is no JSON leaves no gap. */
export interface EntryTexts {
  names: string;
  data: string;
  personal: string;
}

export function entryTexts(entry: JournalEntry): EntryTexts {
  if (TYPE_CODES[entry.type] === undefined) throw new TypeError(`unknown record type ${entry.type}`);
  return {
    names: JSON.stringify(entry.aliases ? [entry.key, ...entry.aliases] : [entry.key]),
    data: JSON.stringify(entry.data),
    personal: entry.personal === undefined ? '' : JSON.stringify(entry.personal),
  };
}

/** The most bytes that a frame can take: UTF-8 has at most 3 bytes a UTF-16 unit. */
export function frameBound(texts: EntryTexts, vector: Float64Array | undefined): number {
  const units = texts.names.length + texts.data.length + texts.personal.length;
  return HEADER_BYTES + PERSONAL_HEADER_BYTES + 16 + 3 * units + 8 * (vector?.length ?? 0);
}

/** Writes the frame at `start`, where `frameBound` bytes must be free. Returns its length. */
export function encodeFrame(
  target: Buffer,
  start: number,
  sequence: number,
  batchFirst: number,
  entry: JournalEntry,
  texts: EntryTexts,
): number {
  const { vector } = entry;
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  let end = start + HEADER_BYTES;
  if (vector !== undefined) {
    target.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), end);
    end += vector.byteLength;
  }
  const namesBytes = target.write(texts.names, end, 'utf8');
  end += namesBytes;
  const dataBytes = target.write(texts.data, end, 'utf8');
  end = padded(target, start, end + dataBytes);
  const personalAt = end;
  let personalBytes = 0;
  if (texts.personal !== '') {
    personalBytes = target.write(texts.personal, end + PERSONAL_HEADER_BYTES, 'utf8');
    end = padded(target, start, end + PERSONAL_HEADER_BYTES + personalBytes);
    view.setUint32(personalAt, LIVE, true);
    view.setUint32(personalAt + 4, crc32(target.subarray(personalAt + PERSONAL_HEADER_BYTES, end)), true);
  }
  view.setUint32(start, MAGIC, true);
  view.setUint32(start + 8, end - start, true);
  view.setUint8(start + 12, FORMAT_VERSION);
  view.setUint8(start + 13, TYPE_CODES[entry.type]);
  view.setUint16(start + 14, vector === undefined ? 0 : HAS_VECTOR, true);
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
  return JSON.parse(source.toString('utf8', frame.namesAt, frame.dataAt)) as string[];
}

export function decodeFrame(source: Buffer, frame: Frame): JournalRecord {
  const { start } = frame;
  const version = source[start + 12];
  const type = TYPES[source[start + 13]];
  if (version !== FORMAT_VERSION || type === undefined) {
    throw new Error(
      `record ${frame.sequence} has format version ${version} and type ${source[start + 13]}, which this release cannot read`,
    );
  }
  const [key, ...aliases] = frameNames(source, frame);
  const dataEnd = frame.dataAt + source.readUInt32LE(start + 48);
  const record: JournalRecord = {
    sequence: frame.sequence,
    version,
    type,
    at: source.readDoubleLE(start + 32),
    key,
    data: JSON.parse(source.toString('utf8', frame.dataAt, dataEnd)) as Record<string, unknown>,
  };
  if (aliases.length > 0) record.aliases = aliases;
  const personalAt = frame.personalAt + PERSONAL_HEADER_BYTES;
  if (frame.personalBytes > 0 && source[frame.personalAt] === LIVE) {
    record.personal = JSON.parse(source.toString('utf8', personalAt, personalAt + frame.personalBytes));
  }
  if (source.readUInt16LE(start + 14) & HAS_VECTOR) {
    const bytes = new Uint8Array(frame.namesAt - start - HEADER_BYTES);
    bytes.set(source.subarray(start + HEADER_BYTES, frame.namesAt));
    record.vector = new Float64Array(bytes.buffer);
  }
  return record;
}

/**
 * The frame with other texts, of exactly its length: what is shorter ends in blanks, which JSON allows, so that no offset moves and no
 * index changes. Without `personal` that block is erased. Throws where the texts do not fit.
 */
export function refilled(source: Buffer, frame: Frame, data: object, personal: object | undefined): Buffer {
  const target = Buffer.from(source.subarray(frame.start, frame.start + frame.length));
  const at = (offset: number) => offset - frame.start;
  blankAndWrite(target, at(frame.dataAt), source.readUInt32LE(frame.start + 48), JSON.stringify(data));
  const personalAt = at(frame.personalAt);
  if (frame.personalBytes > 0 && personal === undefined) {
    target.fill(0, personalAt);
    target.writeUInt32LE(ERASED, personalAt);
  } else if (frame.personalBytes > 0) {
    const text = personalAt + PERSONAL_HEADER_BYTES;
    blankAndWrite(target, text, frame.personalBytes, JSON.stringify(personal));
    target.writeUInt32LE(LIVE, personalAt);
    target.writeUInt32LE(crc32(target.subarray(text)), personalAt + 4);
  }
  target.writeUInt32LE(crc32(target.subarray(8, personalAt)), 4);
  return target;
}

function blankAndWrite(target: Buffer, start: number, length: number, text: string): void {
  if (Buffer.byteLength(text) > length) throw new RangeError('what is left of a record is longer than it was');
  target.fill(0x20, start, start + length);
  target.write(text, start, 'utf8');
}
