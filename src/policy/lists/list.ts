import type { ListType } from '../../domain/policy.ts';
import { bitsOf, blockOf } from './blocks.ts';
import { createEntries, type Entries } from './entries.ts';
import { lookupValue } from './values.ts';

/** A list as rules ask it: its entries, and whether a value of a transaction is among them, or within one of them. */
export interface List {
  readonly type: ListType;
  readonly entries: Entries;
  /** Whether the value, in any spelling, was in at that time (milliseconds). */
  has(text: string, at: number): boolean;
}

/** Ranges of BINs in one list at most: each is compared with. Refuse more before they are put. */
export const MAX_RANGES = 1000;

/** Entries are put by `list.entries.put(value, …)` with values of `entryValue`. */
export function createList(type: ListType): List {
  const entries = createEntries();
  if (type === 'ip' || type === 'network') return withBlocks(type, entries);
  if (type === 'bin') return withBins(entries);
  return {
    type,
    entries,
    has: (text, at) => {
      const value = lookupValue(type, text);
      return value !== undefined && entries.wasIn(value, at);
    },
  };
}

/** Watches what is put: which lengths of prefix and which ranges there ever were is all that a look-up has to try. */
function watching(entries: Entries, see: (value: string) => void): Entries {
  const put: Entries['put'] = (value, detail) => {
    see(value);
    return entries.put(value, detail);
  };
  const fill: Entries['fill'] = (rows) => {
    for (const [value, expiresAt, note, by, at] of rows) put(value, { expiresAt, note, by, at });
  };
  return Object.defineProperty({ ...entries, put, fill }, 'size', { get: () => entries.size });
}

function withBlocks(type: 'ip' | 'network', entries: Entries): List {
  const lengths: Record<32 | 128, number[]> = { 32: [], 128: [] };
  const watched = watching(entries, (value) => {
    const slash = value.indexOf('/');
    if (slash < 0) return;
    const own = lengths[bitsOf(value) as 32 | 128];
    const length = Number(value.slice(slash + 1));
    if (!own.includes(length)) own.push(length);
  });
  return {
    type,
    entries: watched,
    has: (text, at) => {
      const value = lookupValue(type, text);
      if (value === undefined) return false;
      if (entries.wasIn(value, at)) return true;
      const slash = value.indexOf('/');
      const address = slash < 0 ? value : value.slice(0, slash);
      const most = slash < 0 ? bitsOf(address) : Number(value.slice(slash + 1));
      for (const length of lengths[bitsOf(address) as 32 | 128]) {
        if (length < most && entries.wasIn(blockOf(address, length), at)) return true;
      }
      return false;
    },
  };
}

function withBins(entries: Entries): List {
  const lengths: number[] = [];
  const ranges = new Map<string, { low: string; high: string }>();
  const watched = watching(entries, (value) => {
    const dash = value.indexOf('-');
    if (dash > 0) ranges.set(value, { low: value.slice(0, dash), high: value.slice(dash + 1) });
    else if (!lengths.includes(value.length)) lengths.push(value.length);
  });
  return {
    type: 'bin',
    entries: watched,
    has: (text, at) => {
      const value = lookupValue('bin', text);
      if (value === undefined) return false;
      for (const length of lengths) {
        if (length <= value.length && entries.wasIn(value.slice(0, length), at)) return true;
      }
      for (const [name, { low, high }] of ranges) {
        // Of a BIN with fewer digits than the range has it is not known to lie within.
        const own = value.slice(0, low.length);
        if (own.length === low.length && own >= low && own <= high && entries.wasIn(name, at)) return true;
      }
      return false;
    },
  };
}
