/**
 * The newest labels by event: those that wait for their event, and those of events that fell out of a profile, whose
 * earlier label a correction must take back. Bounded by two generations: when the young one is full it becomes the old
 * one, and the old one is forgotten. A label that is forgotten while it waits is lost to profiles (it is still in the
 * journal); a correction of a forgotten one is counted as if there had been none.
 */
export interface LabelMemory {
  /** The label cell of an event (see layout.ts), 0 where none is known. */
  get(id: number): number;
  /** Whether the label was applied to the profiles of its event, or waits for it. */
  isApplied(id: number): boolean;
  set(id: number, cell: number, applied: boolean): void;
  readonly size: number;
  /** The oldest first, for snapshots. */
  entries(): Iterable<[id: number, cell: number, applied: boolean]>;
}

export function createLabelMemory(limit: number): LabelMemory {
  // The value is cell * 2 + applied.
  let young = new Map<number, number>();
  let old = new Map<number, number>();
  const find = (id: number): number => young.get(id) ?? old.get(id) ?? 0;
  return {
    get: (id) => Math.floor(find(id) / 2),
    isApplied: (id) => find(id) % 2 === 1,
    set(id, cell, applied) {
      young.set(id, cell * 2 + (applied ? 1 : 0));
      if (young.size < limit / 2) return;
      old = young;
      young = new Map();
    },
    get size() {
      return young.size + old.size;
    },
    *entries() {
      for (const generation of [old, young]) {
        for (const [id, value] of generation) {
          if (generation === young || !young.has(id)) yield [id, Math.floor(value / 2), value % 2 === 1];
        }
      }
    },
  };
}
