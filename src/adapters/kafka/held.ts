import type { JournalRecord } from '../../journal/journal.ts';
import type { RawRecord } from './encoding.ts';

export interface HeldRecord {
  raw: RawRecord;
  /** Decoded when it is first asked for. */
  record?: JournalRecord;
}

/** The newest records, bounded by bytes: the oldest go first, delivered or not, and are fetched again where they are wanted. */
export interface Held {
  get(source: number, offset: number): HeldRecord | undefined;
  put(raw: RawRecord, record?: JournalRecord): HeldRecord;
  readonly bytes: number;
}

/** What a record costs beside its bytes, about. */
const OVERHEAD_BYTES = 400;

export function createHeld(sources: number, maxBytes: number): Held {
  const held = new Map<number, HeldRecord>();
  let bytes = 0;
  const keyOf = (source: number, offset: number) => offset * sources + source;
  // Twice: the text is held as bytes and, decoded, as values.
  const sizeOf = ({ value, key }: RawRecord) => 2 * ((value?.length ?? 0) + (key?.length ?? 0)) + OVERHEAD_BYTES;

  return {
    get: (source, offset) => held.get(keyOf(source, offset)),
    put(raw, record) {
      const one = { raw, record };
      const key = keyOf(raw.source, raw.offset);
      if (!held.has(key)) bytes += sizeOf(raw);
      held.set(key, one);
      for (const [oldest, { raw: gone }] of held) {
        if (bytes <= maxBytes || oldest === key) break;
        held.delete(oldest);
        bytes -= sizeOf(gone);
      }
      return one;
    },
    get bytes() {
      return bytes;
    },
  };
}
