import type { ColdStore } from './cold.ts';
import type { Layout } from './layout.ts';
import type { Pool } from './pool.ts';
import type { MutableProfile } from './profile.ts';
import { recordCells, writeRecord } from './record.ts';

/**
 * Counts what profiles in memory take, and puts away those that nobody asked for since they were looked at last (second chance). All stand
 * in one ring, whatever their type: a hand that went from table to table came by often where a table holds few, and busy merchants,
 * the largest records of all, were put away and fetched over and over.
 */
export interface Heat {
  touched(profile: MutableProfile): void;
  /** It is in memory now; `isNew` where the cold store does not have it as it is. */
  entered(type: number, key: number, profile: MutableProfile, isNew: boolean): void;
  left(type: number, profile: MutableProfile): void;
  changed(type: number, profile: MutableProfile): void;
  makeRoom(): void;
}

/** Bits of `MutableProfile.heat`; above them, the bytes that are counted for it. 0: it is in memory no more. */
const USED = 1;
const DIRTY = 2;
const FLAGS = 4;

/** What a profile takes beside its columns: the object, its places in a table and in the ring, and what is known of it here. */
const OBJECT_BYTES = 384;
/** Its series of hours and days, which are made whole. */
const BUCKET_BYTES = 12_400;
/** Put away at once: a transaction of the cold store costs more than what is in it. */
const AT_ONCE = 128;

export function createHeat(options: {
  bytes: number;
  cold: ColdStore;
  layouts: readonly Layout[];
  pool: Pool;
  /** It is not in memory any more: its table forgets it. */
  putAway(type: number, key: number): void;
}): Heat {
  const { bytes: limit, cold, layouts, pool } = options;
  /** By slot; undefined where it is free. */
  const ring: (MutableProfile | undefined)[] = [];
  const types: number[] = [];
  const keys: number[] = [];
  const free: number[] = [];
  /** Came since there was room made last: that it is wanted once is not yet a reason to stay. */
  const arrived: MutableProfile[] = [];
  let cells = new Float64Array(1_024);
  let used = 0;
  let hand = 0;

  const bytesOf = (type: number, { capacity, buckets }: MutableProfile) =>
    OBJECT_BYTES + 8 * layouts[type].width * capacity + (buckets === undefined ? 0 : BUCKET_BYTES);

  function count(type: number, profile: MutableProfile, flags: number): void {
    const bytes = bytesOf(type, profile);
    profile.heat = bytes * FLAGS + flags;
    used += bytes;
  }

  function entered(type: number, key: number, profile: MutableProfile, isNew: boolean): void {
    count(type, profile, isNew ? DIRTY : 0);
    const slot = free.pop() ?? ring.length;
    ring[slot] = profile;
    types[slot] = type;
    keys[slot] = key;
    arrived.push(profile);
  }

  /** Its place in the ring is found free when the hand comes by. */
  function left(type: number, profile: MutableProfile): void {
    used -= Math.floor(profile.heat / FLAGS);
    profile.heat = 0;
    pool.give(profile.columns, profile.offset, layouts[type].width * profile.capacity);
  }

  /** Slots of the next that were not used since the hand came by last. */
  function choose(): number[] {
    const slots: number[] = [];
    // Once around: if all were used, they are found unused when it is called again.
    for (let looked = 0; slots.length < AT_ONCE && looked < ring.length; looked++) {
      const slot = hand;
      hand = (hand + 1) % ring.length;
      const profile = ring[slot];
      if (profile === undefined) continue;
      if (profile.heat === 0) empty(slot);
      else if (profile.heat & USED) profile.heat -= USED;
      else slots.push(slot);
    }
    return slots;
  }

  function empty(slot: number): void {
    ring[slot] = undefined;
    free.push(slot);
  }

  /** Throws, and then nothing has left, where the cold store does not take them. */
  function putAway(): void {
    const slots = choose();
    const dirty = slots.filter((slot) => ring[slot]!.heat & DIRTY);
    if (dirty.length > 0)
      cold.atOnce(() => {
        for (const slot of dirty) put(types[slot], keys[slot], ring[slot]!);
      });
    for (const slot of slots) {
      options.putAway(types[slot], keys[slot]);
      left(types[slot], ring[slot]!);
      empty(slot);
    }
  }

  function put(type: number, key: number, profile: MutableProfile): void {
    const { width } = layouts[type];
    const need = recordCells(profile, width);
    if (need > cells.length) cells = new Float64Array(2 * need);
    cold.put(type, key, cells, writeRecord(cells, 0, type, key, profile, width));
  }

  return {
    touched(profile) {
      profile.heat |= USED;
    },
    entered,
    left,
    changed(type, profile) {
      used -= Math.floor(profile.heat / FLAGS);
      count(type, profile, USED | DIRTY);
    },
    makeRoom() {
      for (const profile of arrived) if (profile.heat & USED) profile.heat -= USED;
      arrived.length = 0;
      while (used > limit) putAway();
    },
  };
}
