import type { JournalEntry } from '../journal.ts';
import { type About, pack, writeUuid } from './packed/pack.ts';
import { unpack } from './packed/unpack.ts';

/**
 * What a frame holds, by its format version.
 *
 * 1: names are a JSON array; the vector lies by itself; data and personal data are JSON.
 * 2: names are the same, or u8 1, 16 bytes of the UUID that the key ends in, UTF-8 of what the key has before it; vector and data are
 *    packed together, and personal data by itself (see packed/tags.ts).
 */
export type Format = 1 | 2;

export interface Contents {
  format: Format;
  names: string | Uint8Array;
  data: string | Uint8Array;
  /** Empty where there is none. */
  personal: string | Uint8Array;
  /** Where it lies by itself. */
  vector: Float64Array | undefined;
}

const BY_UUID = 1;
const UUID_BYTES = 16;
const UUID_TEXT = 36;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Of version 2 they are good until the next call. */
export function contentsOf(entry: JournalEntry, format: Format): Contents {
  const { key, aliases, data, personal, vector } = entry;
  const listed = () => JSON.stringify(aliases ? [key, ...aliases] : [key]);
  if (format === 1) {
    return {
      ...{ format, names: listed(), vector, data: JSON.stringify(data) },
      personal: personal === undefined ? '' : JSON.stringify(personal),
    };
  }
  return {
    ...{ format, names: (aliases ? undefined : shortName(key)) ?? listed(), vector: undefined },
    data: pack(entry, data, vector, 0),
    personal: personal === undefined ? '' : pack(entry, personal, undefined, 1),
  };
}

function shortName(key: string): Uint8Array | undefined {
  if (!UUID.test(key)) return undefined;
  const before = key.slice(0, -UUID_TEXT);
  if (!before.isWellFormed()) return undefined;
  const name = Buffer.allocUnsafe(1 + UUID_BYTES + 3 * before.length);
  name[0] = BY_UUID;
  const end = writeUuid(name, 1, key, before.length);
  return name.subarray(0, end + name.write(before, end));
}

/** The key, then the aliases. */
export function namesOf(names: Buffer): string[] {
  if (names[0] !== BY_UUID) return JSON.parse(names.toString('utf8')) as string[];
  const digits = names.toString('hex', 1, 1 + UUID_BYTES);
  const parts = [0, 8, 12, 16, 20].map((from, i, all) => digits.slice(from, all[i + 1]));
  return [names.toString('utf8', 1 + UUID_BYTES) + parts.join('-')];
}

interface Written {
  about: About;
  data: Buffer;
  personal: Buffer | undefined;
  /** Undefined where the record has none. Empty of version 2. */
  vector: Buffer | undefined;
}

interface Read {
  data: Record<string, unknown>;
  personal: Record<string, unknown> | undefined;
  vector: Float64Array | undefined;
}

/** Throws where the bytes are no contents of that version. */
export function readContents(format: Format, { about, data, personal, vector }: Written): Read {
  if (format === 1) {
    return {
      data: JSON.parse(data.toString('utf8')),
      personal: personal && JSON.parse(personal.toString('utf8')),
      // Copied, because a typed array must start at a multiple of its element's size.
      vector: vector && new Float64Array(new Uint8Array(vector).buffer),
    };
  }
  const open = unpack(about, data, vector !== undefined);
  return {
    data: open.value as Record<string, unknown>,
    personal: personal && (unpack(about, personal, false).value as Record<string, unknown>),
    vector: open.vector,
  };
}
