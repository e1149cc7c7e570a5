const FIRST_SLOTS = 1 << 12;

/**
 * Tells rows of a file apart: false for an id that is new, true for one whose row had the same values, `other` where they
 * differ. Ids and values are hashes above 0. About 30 bytes a row: files of many millions are read.
 */
export function createSeen(): (id: number, values: number) => boolean | 'other' {
  let ids = new Float64Array(FIRST_SLOTS);
  let rows = new Float64Array(FIRST_SLOTS);
  let count = 0;

  function slotOf(table: Float64Array, id: number): number {
    let slot = id % table.length;
    while (table[slot] !== 0 && table[slot] !== id) slot = (slot + 1) % table.length;
    return slot;
  }

  function grow(): void {
    const [olderIds, olderRows] = [ids, rows];
    ids = new Float64Array(2 * olderIds.length);
    rows = new Float64Array(2 * olderIds.length);
    for (let i = 0; i < olderIds.length; i++) {
      if (olderIds[i] === 0) continue;
      const slot = slotOf(ids, olderIds[i]);
      ids[slot] = olderIds[i];
      rows[slot] = olderRows[i];
    }
  }

  return (id, values) => {
    const slot = slotOf(ids, id);
    if (ids[slot] === id) return rows[slot] === values ? true : 'other';
    ids[slot] = id;
    rows[slot] = values;
    if (2 * ++count > ids.length) grow();
    return false;
  };
}
