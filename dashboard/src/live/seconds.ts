import type { Outcome } from '../api/types.ts';

export interface Second {
  /** Seconds since the epoch. */
  at: number;
  approve: number;
  review: number;
  decline: number;
}

/** Decisions a second by outcome, for the last `length` seconds. */
export function createSeconds(length: number) {
  const slots: Second[] = Array.from({ length }, () => ({ at: 0, approve: 0, review: 0, decline: 0 }));
  return {
    add(atMs: number, outcome: Outcome): void {
      const at = Math.floor(atMs / 1000);
      const slot = slots[at % length];
      if (slot.at > at) return;
      if (slot.at < at) Object.assign(slot, { at, approve: 0, review: 0, decline: 0 });
      slot[outcome]++;
    },
    /** Oldest first, ending with the second before `nowMs`; seconds without decisions are zeros. */
    last(nowMs: number): Second[] {
      const end = Math.floor(nowMs / 1000);
      return Array.from({ length: length - 1 }, (_, i) => {
        const at = end - (length - 1) + i;
        const slot = slots[at % length];
        return slot.at === at ? { ...slot } : { at, approve: 0, review: 0, decline: 0 };
      });
    },
  };
}
