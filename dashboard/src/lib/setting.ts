/** A choice of the reader's that outlives the tab, where storage is allowed. */
export interface Setting<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createSetting<T extends string>(name: string, fallback: T, check: (text: string) => T): Setting<T> {
  const listeners = new Set<() => void>();
  let value = fallback;
  try {
    const stored = localStorage.getItem(name);
    if (stored !== null) value = check(stored);
  } catch {
    // Storage is forbidden: the choice lives as long as the page.
  }
  return {
    get: () => value,
    set(next) {
      value = next;
      try {
        localStorage.setItem(name, next);
      } catch {
        // As above.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
