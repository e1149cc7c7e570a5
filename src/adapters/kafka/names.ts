/**
 * Names that were taken within the last `window` offsets of one partition. Whether a key is taken there is a function of the
 * partition alone, so every reader that has seen that many offsets says the same.
 */
export interface NameWindow {
  /** Takes a record's key and aliases in; offsets ascend. Returns whether the key was taken: then the record is void. */
  take(offset: number, key: string, aliases: readonly string[]): boolean;
  /** Offset of the first record with this name. */
  first(name: string): number | undefined;
  readonly size: number;
}

interface Held {
  first: number;
  last: number;
}

export function createNameWindow(window: number): NameWindow {
  // In the order of `last`: what is seen again moves to the end.
  const names = new Map<string, Held>();

  function forget(before: number): void {
    for (const [name, held] of names) {
      if (held.last >= before) return;
      names.delete(name);
    }
  }

  function see(name: string, offset: number): boolean {
    const held = names.get(name);
    if (held) names.delete(name);
    names.set(name, { first: held?.first ?? offset, last: offset });
    return held !== undefined;
  }

  return {
    take(offset, key, aliases) {
      forget(offset - window);
      const taken = see(key, offset);
      // What a void record says of itself does not count.
      if (!taken) for (const alias of aliases) if (alias !== key) see(alias, offset);
      return taken;
    },
    first: (name) => names.get(name)?.first,
    get size() {
      return names.size;
    },
  };
}
