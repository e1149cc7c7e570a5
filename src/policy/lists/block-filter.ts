import { bitsOf } from './blocks.ts';

/**
 * Which blocks of addresses there may be: a look-up tries one text for each length of prefix, and most of these tries end here,
 * at a bit of a table instead. It never misses a block; a thirtieth of those that are none pass, and are looked up in vain.
 */
export interface BlockFilter {
  /** A canonical address or block. */
  add(block: string): void;
  /** The lengths of prefixes among addresses of 32 or 128 bits. */
  lengths(bits: number): readonly number[];
  /** Reads the canonical address that `mayHold` is then asked of. */
  read(address: string): void;
  mayHold(length: number): boolean;
}

const FIRST_BITS = 1 << 12;
/** Bits of the table for each block. */
const SPACE = 32;

export function createBlockFilter(): BlockFilter {
  const four: number[] = [];
  const six: number[] = [];
  const groups = new Uint16Array(8);
  let bits = 32;
  let table = new Uint32Array(FIRST_BITS >>> 5);
  // Hashes of all that were added, to make a wider table of.
  let hashes = new Uint32Array(64);
  let count = 0;

  function read(address: string): void {
    bits = bitsOf(address);
    groups.fill(0);
    if (bits === 32) readFour(address, groups);
    else readSix(address, groups);
  }

  /** Of the first `length` bits, and of the length. */
  function hash(length: number): number {
    let value = Math.imul(0x811c9dc5 ^ bits ^ (length << 8), 0x01000193);
    for (let i = 0, left = length; left > 0; i++, left -= 16) {
      const group = left >= 16 ? groups[i] : groups[i] & (0xffff << (16 - left));
      value = Math.imul(value ^ group, 0x85ebca6b);
      value ^= value >>> 13;
    }
    value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
    return (value ^ (value >>> 16)) >>> 0;
  }

  function set(of: number): void {
    const at = of & (table.length * 32 - 1);
    table[at >>> 5] |= 1 << (at & 31);
  }

  return {
    add(block) {
      const slash = block.indexOf('/');
      const address = slash < 0 ? block : block.slice(0, slash);
      read(address);
      const length = slash < 0 ? bits : Number(block.slice(slash + 1));
      const lengths = bits === 32 ? four : six;
      if (!lengths.includes(length)) lengths.push(length);
      if (count === hashes.length) {
        const wider = new Uint32Array(count * 2);
        wider.set(hashes);
        hashes = wider;
      }
      const own = hash(length);
      hashes[count++] = own;
      if (count * SPACE > table.length * 32) {
        table = new Uint32Array(table.length * 2);
        for (let i = 0; i < count; i++) set(hashes[i]);
      } else set(own);
    },
    lengths: (of) => (of === 32 ? four : six),
    read,
    mayHold(length) {
      const at = hash(length) & (table.length * 32 - 1);
      return (table[at >>> 5] & (1 << (at & 31))) !== 0;
    },
  };
}

function readFour(address: string, groups: Uint16Array): void {
  let part = 0;
  let octet = 0;
  for (let i = 0; i <= address.length; i++) {
    const unit = address.charCodeAt(i);
    if (unit >= 48) octet = octet * 10 + unit - 48;
    else {
      groups[part >> 1] |= part % 2 === 0 ? octet << 8 : octet;
      part++;
      octet = 0;
    }
  }
  groups[part >> 1] |= part % 2 === 0 ? octet << 8 : octet;
}

function readSix(address: string, groups: Uint16Array): void {
  const [head, tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  for (let i = 0; i < before.length; i++) groups[i] = Number.parseInt(before[i], 16);
  for (let i = 0; i < after.length; i++) groups[8 - after.length + i] = Number.parseInt(after[i], 16);
}
