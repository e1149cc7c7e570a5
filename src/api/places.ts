/** Places that callers share: who has the most makes room for who has less. */
export interface Places<T> {
  /** A place for one more of this caller's; `evicted` must make room for it. Undefined where the caller has its share of a full house. */
  room(caller: string): { evicted: T | undefined } | undefined;
  add(caller: string, holder: T): void;
  remove(caller: string, holder: T): void;
}

export function createPlaces<T>(max: number): Places<T> {
  const held = new Map<string, Set<T>>();
  let size = 0;

  return {
    room(caller) {
      if (size < max) return { evicted: undefined };
      let most: Set<T> = new Set();
      for (const holders of held.values()) if (holders.size > most.size) most = holders;
      // Only where it is fairer afterwards than before: two callers do not push each other out for ever.
      if (most.size <= (held.get(caller)?.size ?? 0) + 1) return undefined;
      return { evicted: [...most].at(-1) };
    },
    add(caller, holder) {
      const holders = held.get(caller) ?? new Set();
      held.set(caller, holders.add(holder));
      size++;
    },
    remove(caller, holder) {
      const holders = held.get(caller);
      if (!holders?.delete(holder)) return;
      size--;
      if (holders.size === 0) held.delete(caller);
    },
  };
}
