/** A set of positive numbers that is emptied at no cost: open addressing, where a cell is taken if it bears the stamp of this use. */
export interface KeySet {
  readonly size: number;
  clear(): void;
  /** False if it was there. */
  add(key: number): boolean;
}

/** For at most half as many keys as it has cells; these are a power of two. */
export function createKeySet(cells: number): KeySet {
  const keys = new Float64Array(cells);
  const stamps = new Uint32Array(cells);
  const mask = cells - 1;
  let stamp = 1;
  let size = 0;
  return {
    get size() {
      return size;
    },
    clear() {
      size = 0;
      stamp = (stamp + 1) >>> 0;
      if (stamp !== 0) return;
      stamps.fill(0);
      stamp = 1;
    },
    add(key) {
      let cell = (key ^ (key / 0x10000)) & mask;
      while (stamps[cell] === stamp) {
        if (keys[cell] === key) return false;
        cell = (cell + 1) & mask;
      }
      stamps[cell] = stamp;
      keys[cell] = key;
      size++;
      return true;
    },
  };
}
