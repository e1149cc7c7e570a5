/** Texts by number, each once, in bytes: what a million of JavaScript's own strings in a Map would take 150 MB for. */
export interface Texts {
  /** How many there are. */
  readonly size: number;
  /** One past the largest number given. */
  readonly end: number;
  /** The number of a text; -1 where it is not there. Allocates nothing for ASCII. */
  find(text: string): number;
  /** The number of a new text; it must not be there. Numbers ascend. */
  add(text: string): number;
  /** Undefined for a number that was taken out. */
  text(slot: number): string | undefined;
  remove(slot: number): void;
}

const EMPTY = -1;
const DELETED = -2;
const FIRST = 16;

/**
 *   bytes   | card_1 | a@b.co | …      UTF-8, one text after the other
 *   starts  | 0      | 6      | 12 …   where text i begins; it ends where i + 1 begins
 *   cells   | -1 | 1 | -1 | 0 | …      an open-addressing table of numbers, at most half full
 */
export function createTexts(): Texts {
  let bytes = new Uint8Array(FIRST * 16);
  let starts = new Uint32Array(FIRST + 1);
  let gone = new Uint8Array(FIRST);
  let cells = new Int32Array(FIRST * 2).fill(EMPTY);
  let scratch = new Uint8Array(1024);
  let length = 0;
  let end = 0;
  let size = 0;
  let used = 0;

  /** Writes the text to the scratch; its length stands in `length`. */
  function encode(text: string): void {
    if (text.length * 3 > scratch.length) scratch = new Uint8Array(text.length * 3);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        length = new TextEncoder().encodeInto(text, scratch).written;
        return;
      }
      scratch[i] = unit;
    }
    length = text.length;
  }

  function equals(slot: number): boolean {
    const start = starts[slot];
    if (starts[slot + 1] - start !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== scratch[i]) return false;
    return true;
  }

  function find(text: string): number {
    encode(text);
    const mask = cells.length - 1;
    for (let cell = hash(scratch, 0, length) & mask; ; cell = (cell + 1) & mask) {
      const slot = cells[cell];
      if (slot === EMPTY) return -1;
      if (slot !== DELETED && equals(slot)) return slot;
    }
  }

  function place(slot: number): void {
    const mask = cells.length - 1;
    let cell = hash(bytes, starts[slot], starts[slot + 1]) & mask;
    while (cells[cell] >= 0) cell = (cell + 1) & mask;
    if (cells[cell] === EMPTY) used++;
    cells[cell] = slot;
  }

  function rehash(): void {
    let wide = FIRST * 2;
    while (wide < (size + 1) * 2) wide *= 2;
    cells = new Int32Array(wide).fill(EMPTY);
    used = 0;
    for (let slot = 0; slot < end; slot++) if (gone[slot] === 0) place(slot);
  }

  return {
    get size() {
      return size;
    },
    get end() {
      return end;
    },
    find,
    add(text) {
      encode(text);
      const start = starts[end];
      if (start + length > bytes.length) bytes = wider(bytes, Math.max(start + length, bytes.length * 1.5));
      if (end + 1 >= starts.length) {
        starts = wider(starts, Math.ceil(end * 1.5) + 2);
        gone = wider(gone, starts.length);
      }
      bytes.set(scratch.subarray(0, length), start);
      starts[end + 1] = start + length;
      const slot = end++;
      size++;
      if ((used + 1) * 2 > cells.length) rehash();
      else place(slot);
      return slot;
    },
    text: (slot) =>
      gone[slot] === 1
        ? undefined
        : Buffer.from(bytes.buffer, starts[slot], starts[slot + 1] - starts[slot]).toString(),
    remove(slot) {
      const mask = cells.length - 1;
      let cell = hash(bytes, starts[slot], starts[slot + 1]) & mask;
      while (cells[cell] !== slot) cell = (cell + 1) & mask;
      cells[cell] = DELETED;
      gone[slot] = 1;
      size--;
    },
  };
}

/** FNV-1a, its bits mixed once more so that the low ones depend on all. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let i = from; i < to; i++) value = Math.imul(value ^ bytes[i], 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return value ^ (value >>> 13);
}

function wider<T extends Uint8Array | Uint32Array>(from: T, to: number): T {
  const made = new (from.constructor as new (length: number) => T)(Math.ceil(to));
  made.set(from);
  return made;
}
