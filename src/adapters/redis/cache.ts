import type { Known } from './view.ts';

/** Profiles that were read lately, up to so many bytes; those unread for longest go. */
export interface Cache {
  get(name: string): Known | undefined;
  /** Only if it was read over this very connection: Redis may have lost writes before it. */
  fresh(name: string, epoch: number): Known | undefined;
  set(name: string, known: Known, epoch: number): void;
  delete(name: string): void;
  readonly size: number;
  readonly bytes: number;
}

/** A profile without its columns: objects, texts, the entry. */
const BASE_BYTES = 600;
/** (72 + 64) buckets of four doubles. */
const BUCKET_BYTES = 4_500;

interface Entry {
  known: Known;
  epoch: number;
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
    get: (name) => entries.get(name)?.known,
    fresh(name, epoch) {
      const entry = entries.get(name);
      return entry?.epoch === epoch ? entry.known : undefined;
    },
    set(name, known, epoch) {
      remove(name);
      const { columns, buckets } = known.profile;
      const size = BASE_BYTES + columns.byteLength + (buckets ? BUCKET_BYTES : 0);
      entries.set(name, { known, epoch, bytes: size });
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
