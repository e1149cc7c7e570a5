import { DAYS_KEPT, HOURS_KEPT, WIDTH } from '../../profiles/buckets.ts';
import type { Known } from './view.ts';

/** Profiles that were read lately, up to so many bytes; those unread for longest go. */
export interface Cache {
  get(name: string): Known | undefined;
  set(name: string, known: Known): void;
  delete(name: string): void;
  readonly size: number;
  readonly bytes: number;
}

/** A profile without its columns: objects, texts, the entry. */
const BASE_BYTES = 600;
const BUCKET_BYTES = 8 * WIDTH * (HOURS_KEPT + DAYS_KEPT + 1);

interface Entry {
  known: Known;
  bytes: number;
}

export function createCache(maxBytes: number): Cache {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const remove = (name: string) => {
    bytes -= entries.get(name)?.bytes ?? 0;
    entries.delete(name);
  };
  return {
    get(name) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      entries.delete(name);
      entries.set(name, entry);
      return entry.known;
    },
    set(name, known) {
      remove(name);
      const { columns, buckets } = known.profile;
      const size = BASE_BYTES + columns.byteLength + (buckets ? BUCKET_BYTES : 0);
      entries.set(name, { known, bytes: size });
      bytes += size;
      while (bytes > maxBytes && entries.size > 1) remove(entries.keys().next().value!);
    },
    delete: remove,
    get size() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
  };
}
