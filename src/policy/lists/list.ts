import type { ListType } from '../../domain/policy.ts';
import { createBlockFilter } from './block-filter.ts';
import { bitsOf, blockOf } from './blocks.ts';
import { createEntries, type Entries } from './entries.ts';
import { createRanges } from './ranges.ts';
import { lookupValue } from './values.ts';

/** A list as rules ask it: its entries, and whether a value of a transaction is among them, or within one of them. */
export interface List {
  readonly type: ListType;
  readonly entries: Entries;
  /** Whether the value, in any spelling, was in at that time (milliseconds). */
  has(text: string, at: number): boolean;
}

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

/** Watches what is put: blocks and ranges that there ever were are all that a look-up has to try. */
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
  const filter = createBlockFilter();
  const watched = watching(entries, (value) => filter.add(value));
  return {
    type,
    entries: watched,
    has: (text, at) => {
      const value = lookupValue(type, text);
      if (value === undefined) return false;
      const slash = value.indexOf('/');
      const address = slash < 0 ? value : value.slice(0, slash);
      const most = slash < 0 ? bitsOf(address) : Number(value.slice(slash + 1));
      filter.read(address);
      for (const length of filter.lengths(bitsOf(address))) {
        if (length <= most && filter.mayHold(length) && entries.wasIn(blockOf(address, length), at)) return true;
      }
      return false;
    },
  };
}

function withBins(entries: Entries): List {
  const lengths: number[] = [];
  const ranges = createRanges();
  const watched = watching(entries, (value) => {
    if (value.includes('-')) ranges.add(value);
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
      return ranges.some(value, (name) => entries.wasIn(name, at));
    },
  };
}
