import { useSyncExternalStore } from 'react';

/** The API key, for as long as the tab lives. */
const NAME = 'assay.key';
const listeners = new Set<() => void>();
let key = read();

function read(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    // Storage can be forbidden; the key then lives as long as the page.
    return undefined;
  }
}

export function apiKey(): string | undefined {
  return key;
}

export function setApiKey(next: string | undefined): void {
  key = next || undefined;
  try {
    if (key) sessionStorage.setItem(NAME, key);
    else sessionStorage.removeItem(NAME);
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}

export function onApiKey(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useApiKey(): string | undefined {
  return useSyncExternalStore(onApiKey, apiKey);
}
