import { crc32 } from 'node:zlib';
import { decodeFrame, ERASED, frameAt, HEADER_BYTES, hasMagic, LIVE, MAGIC, PERSONAL_HEADER_BYTES } from './frame.ts';

/** Remainders of one byte by the polynomial of CRC-32 (IEEE 802.3), reflected. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * The frame with its one wrong byte put right, whatever that byte was; undefined where more is wrong. `source` is exactly what lies
 * between two whole neighbours. A checksum that holds again, with the sequence that is missing and texts that are JSON, is the
 * proof. Where more was wrong, some byte makes the checksum of one frame of 2 KB in 7,000 hold (255 values × 2,400 places of 2³²),
 * and then its texts must be JSON too.
 */
export function mendFrame(source: Buffer, sequence: number): Buffer | undefined {
  const frame = Buffer.from(source);
  if (frame.length < HEADER_BYTES) return undefined;
  const candidates = [() => mendHeader(frame, sequence), () => mendPublic(frame), () => mendPersonal(frame)];
  for (const mend of candidates) if (mend() && holds(frame, sequence)) return frame;
  return undefined;
}

export function holds(source: Buffer, sequence: number): boolean {
  const frame = frameAt(source, 0, source.length);
  if (frame?.sequence !== sequence || frame.length !== source.length) return false;
  try {
    decodeFrame(source, frame);
    return true;
  } catch {
    return false;
  }
}

/** Every other value of every byte of the header. */
function mendHeader(frame: Buffer, sequence: number): boolean {
  const intact = hasMagic(frame, 0);
  if (!intact) frame.writeUInt32LE(MAGIC, 0);
  if (holds(frame, sequence)) return true;
  for (let at = 4; at < HEADER_BYTES; at++) {
    const was = frame[at];
    for (let value = 0; value < 256; value++) {
      frame[at] = value;
      if (holds(frame, sequence)) return true;
    }
    frame[at] = was;
  }
  return false;
}

/** Vector, names and data: what the header says of their lengths holds. */
function mendPublic(frame: Buffer): boolean {
  const personalAt = personalAtOf(frame);
  return personalAt !== undefined && mendByte(frame, 8, personalAt, frame.readUInt32LE(4), HEADER_BYTES);
}

function mendPersonal(frame: Buffer): boolean {
  const at = personalAtOf(frame);
  if (at === undefined || at + PERSONAL_HEADER_BYTES > frame.length) return false;
  const text = at + PERSONAL_HEADER_BYTES;
  const blank = frame.subarray(at + 4).every((byte) => byte === 0);
  const state = frame.readUInt32LE(at);
  if (state !== LIVE && state !== ERASED) frame.writeUInt32LE(blank ? ERASED : LIVE, at);
  const wanted = frame.readUInt32LE(at + 4);
  const found = crc32(frame.subarray(text));
  if (found === wanted) return true;
  // One byte of the checksum itself.
  const wrong = (found ^ wanted) >>> 0;
  if ([0xff, 0xff00, 0xff0000, 0xff000000].some((byte) => (wrong & ~byte) === 0)) {
    frame.writeUInt32LE(found, at + 4);
    return true;
  }
  return mendByte(frame, text, frame.length, wanted, text);
}

function personalAtOf(frame: Buffer): number | undefined {
  const dataAt = HEADER_BYTES + 8 * frame.readUInt32LE(40) + frame.readUInt32LE(44);
  const at = (dataAt + frame.readUInt32LE(48) + 7) & ~7;
  return at <= frame.length ? at : undefined;
}

/**
 * Puts the one byte right by which the checksum of [from, to) comes to `wanted`, if there is one from `first` on. A checksum is
 * linear: the difference that one byte makes depends on its value and on how many bytes follow it, so each place is looked at once.
 */
function mendByte(frame: Buffer, from: number, to: number, wanted: number, first: number): boolean {
  const difference = (crc32(frame.subarray(from, to)) ^ wanted) >>> 0;
  // What each bit of the byte at a place changes in the checksum.
  const bits = Uint32Array.from({ length: 8 }, (_, bit) => TABLE[1 << bit]);
  for (let at = to - 1; at >= first; at--) {
    const value = combination(bits, difference);
    if (value !== undefined) {
      frame[at] ^= value;
      return true;
    }
    for (let bit = 0; bit < 8; bit++) bits[bit] = (bits[bit] >>> 8) ^ TABLE[bits[bit] & 0xff];
  }
  return false;
}

/** Which of the bits add up to the difference. */
function combination(bits: Uint32Array, difference: number): number | undefined {
  let sum = 0;
  let value = 0;
  // Gray code: each step changes one bit.
  for (let step = 1; step < 256; step++) {
    const bit = 31 - Math.clz32(step & -step);
    sum ^= bits[bit];
    value ^= 1 << bit;
    if (sum >>> 0 === difference) return value;
  }
  return undefined;
}
