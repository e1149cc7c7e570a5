import { hash53 } from '../domain/hash.ts';

const FIRST_ROWS = 1 << 12;
const SEPARATOR = 0x1f;

/** A hash of a row's fields, above 0; those whose fields differ have others. */
export function rowHash(fields: readonly string[]): number {
  let a = 0x9e3779b1;
  let b = 0x85ebca77;
  for (let f = 0; f < fields.length; f++) {
    const text = fields[f];
    // Two at a time, and a separator behind the last.
    for (let i = 0; i <= text.length; i += 2) {
      const unit = unitAt(text, i) | (unitAt(text, i + 1) << 16);
      a = Math.imul(a ^ unit, 0x85ebca6b);
      b = Math.imul(b ^ unit, 0xc2b2ae35);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
  }
  return (a >>> 0) * 0x200000 + (b >>> 11) || 1;
}

const unitAt = (text: string, i: number): number => (i < text.length ? text.charCodeAt(i) : SEPARATOR);

/**
 * Tells rows of a file apart: false for an id that is new, true for one whose row had the same values (a hash above 0), `other`
 * where they differ. 16 to 64 bytes a row: files of many millions are read.
 *
 * Pairs of an id's hash and its row's: `id, row, id, row, …`. While ids ascend, as they do in most files, none can have been there:
 * pairs are put one after another, and only the first id out of order makes the table of them that ids are looked up in.
 */
export function createSeen(): (id: string, values: number) => boolean | 'other' {
  let pairs = new Float64Array(2 * FIRST_ROWS);
  let count = 0;
  let isOrdered = true;
  let last = '';

  return (id, values) => {
    if (isOrdered && isAfter(id, last)) {
      last = id;
      if (2 * count === pairs.length) pairs = longer(pairs);
      pairs[2 * count] = hash53(id);
      pairs[2 * count++ + 1] = values;
      return false;
    }
    if (isOrdered) pairs = tableOf(pairs.subarray(0, 2 * count), count);
    isOrdered = false;
    const hash = hash53(id);
    const slot = slotOf(pairs, hash);
    if (pairs[slot] === hash) return pairs[slot + 1] === values ? true : 'other';
    pairs[slot] = hash;
    pairs[slot + 1] = values;
    if (4 * ++count > pairs.length) pairs = tableOf(pairs, count);
    return false;
  };
}

/** Any strict order would do; in this one 10 comes after 9. */
const isAfter = (id: string, last: string) => id.length > last.length || (id.length === last.length && id > last);

function longer(pairs: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * pairs.length);
  more.set(pairs);
  return more;
}

/** Open addresses, at most half of them taken after twice as many rows; a power of two. */
function tableOf(pairs: Float64Array, count: number): Float64Array<ArrayBuffer> {
  let slots = FIRST_ROWS;
  while (slots < 4 * count) slots *= 2;
  const table = new Float64Array(2 * slots);
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] === 0) continue;
    const slot = slotOf(table, pairs[i]);
    table[slot] = pairs[i];
    table[slot + 1] = pairs[i + 1];
  }
  return table;
}

/** Where the pair of an id stands or would. `&` takes the lowest bits of a double. */
function slotOf(table: Float64Array, id: number): number {
  const mask = table.length - 1;
  let slot = (id * 2) & mask;
  while (table[slot] !== 0 && table[slot] !== id) slot = (slot + 2) & mask;
  return slot;
}
