/** Rows by the hash of their id (see `hash53`; never 0), open addressing in typed arrays: a million take 24 MB and no objects. */
export interface IdRows {
  /** Undefined where it is not in. */
  get(id: number): number | undefined;
  /** False where it is in already. */
  add(id: number, row: number): boolean;
}

const FIRST_PLACES = 1024;

export function createIdRows(): IdRows {
  let ids = new Float64Array(FIRST_PLACES);
  let rows = new Uint32Array(FIRST_PLACES);
  let count = 0;

  /** The place of an id, or the free one where it would go. */
  function placeOf(id: number): number {
    const mask = ids.length - 1;
    // Both halves of the hash: its low bits alone would do, but ids may be anything.
    let place = ((id | 0) ^ Math.imul((id / 0x100000000) | 0, 0x9e3779b1)) & mask;
    while (ids[place] !== 0 && ids[place] !== id) place = (place + 1) & mask;
    return place;
  }

  function grow(): void {
    const [from, of] = [ids, rows];
    ids = new Float64Array(2 * from.length);
    rows = new Uint32Array(ids.length);
    for (let i = 0; i < from.length; i++) {
      if (from[i] === 0) continue;
      const place = placeOf(from[i]);
      ids[place] = from[i];
      rows[place] = of[i];
    }
  }

  return {
    get(id) {
      const place = placeOf(id);
      return ids[place] === id ? rows[place] : undefined;
    },
    add(id, row) {
      const place = placeOf(id);
      if (ids[place] === id) return false;
      ids[place] = id;
      rows[place] = row;
      if (2 * ++count > ids.length) grow();
      return true;
    },
  };
}
