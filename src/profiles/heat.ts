import type { ColdRecord, ColdStore } from './cold.ts';
import type { Layout } from './layout.ts';
import type { Pool } from './pool.ts';
import type { MutableProfile } from './profile.ts';
import { recordCells, writeRecord } from './record.ts';

/** Counts what profiles in memory take, and puts away those that nobody asked for since they were looked at last (second chance). */
export interface Heat {
  touched(profile: MutableProfile): void;
  /** It is in memory now; `isNew` where the cold store does not have it as it is. */
  entered(type: number, profile: MutableProfile, isNew: boolean): void;
  left(type: number, profile: MutableProfile): void;
  changed(type: number, profile: MutableProfile): void;
  makeRoom(): void;
}

/** Bits of `MutableProfile.heat`; above them, the bytes that are counted for it. */
const USED = 1;
const DIRTY = 2;
const FLAGS = 4;

/** What a profile takes beside its columns: the object, its place in a table, and what is known of it here. */
const OBJECT_BYTES = 360;
/** Its series of hours and days, which are made whole. */
const BUCKET_BYTES = 12_400;
/** Put away at once: a transaction of the cold store costs more than what is in it. */
const AT_ONCE = 128;

export function createHeat(options: {
  bytes: number;
  cold: ColdStore;
  layouts: readonly Layout[];
  shards: readonly Map<number, MutableProfile>[][];
  pool: Pool;
}): Heat {
  const { bytes: limit, cold, layouts, pool } = options;
  const tables = options.shards.flatMap((shards, type) => shards.map((table) => ({ type, table })));
  let used = 0;
  let hand = 0;

  const bytesOf = (type: number, { capacity, buckets }: MutableProfile) =>
    OBJECT_BYTES + 8 * layouts[type].width * capacity + (buckets === undefined ? 0 : BUCKET_BYTES);

  function count(type: number, profile: MutableProfile, flags: number): void {
    const bytes = bytesOf(type, profile);
    profile.heat = bytes * FLAGS + flags;
    used += bytes;
  }

  function changed(type: number, profile: MutableProfile): void {
    used -= Math.floor(profile.heat / FLAGS);
    count(type, profile, USED | DIRTY);
  }

  function left(type: number, profile: MutableProfile): void {
    used -= Math.floor(profile.heat / FLAGS);
    pool.give(profile.columns, profile.offset, layouts[type].width * profile.capacity);
  }

  /** The oldest of a table that were not used since they were looked at; the others are looked at again later. */
  function putAway(): void {
    const away: ColdRecord[] = [];
    const gone: { type: number; key: number; table: Map<number, MutableProfile>; profile: MutableProfile }[] = [];
    for (let looked = 0; gone.length < AT_ONCE && looked < 4 * tables.length; looked++) {
      const { type, table } = tables[hand];
      hand = (hand + 1) % tables.length;
      let some = 4;
      for (const [key, profile] of table) {
        if (some-- === 0) break;
        table.delete(key);
        if (profile.heat & USED) {
          profile.heat -= USED;
          table.set(key, profile);
          continue;
        }
        gone.push({ type, key, table, profile });
        if (!(profile.heat & DIRTY)) continue;
        const { width } = layouts[type];
        const cells = new Float64Array(recordCells(profile, width));
        writeRecord(cells, 0, type, key, profile, width);
        away.push({ type, key, cells });
      }
    }
    try {
      if (away.length > 0) cold.putAll(away);
    } catch (error) {
      // Nothing may be forgotten: they stay in memory, and whoever asked is told.
      for (const { key, table, profile } of gone) table.set(key, profile);
      throw error;
    }
    for (const { type, profile } of gone) left(type, profile);
  }

  return {
    touched(profile) {
      profile.heat |= USED;
    },
    entered: (type, profile, isNew) => count(type, profile, isNew ? USED | DIRTY : USED),
    left,
    changed,
    makeRoom() {
      while (used > limit) putAway();
    },
  };
}
