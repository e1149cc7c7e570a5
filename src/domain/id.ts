import { randomBytes } from 'node:crypto';

/** A time-ordered UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits. */
export function newId(now: number, random: (size: number) => Uint8Array = randomBytes): string {
  const bytes = random(16);
  const high = Math.floor(now / 0x10000);
  bytes[0] = high >>> 24;
  bytes[1] = high >>> 16;
  bytes[2] = high >>> 8;
  bytes[3] = high;
  bytes[4] = now >>> 8;
  bytes[5] = now;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
