import type { ColdStore } from './cold.ts';
import { createHeat, type Heat } from './heat.ts';
import type { Layout } from './layout.ts';
import { createPool, type Pool } from './pool.ts';
import { createProfile, type MutableProfile } from './profile.ts';
import { readRecord } from './record.ts';
import { createTable, keysOf, removeKey, setValue, type Table, valueAt } from './table.ts';
import { createTruths, type Truths } from './truths.ts';

/** Shards keep the pause short when a table grows. */
const SHARDS = 64;
/** Profiles that are looked at beside each event, to find those whose time is over. */
const SWEPT_AT_ONCE = 16;

/** Every profile, in memory or elsewhere: what learns, and what the snapshot reads and fills. */
export interface ProfileStore {
  readonly entityTypes: readonly string[];
  readonly layouts: readonly Layout[];
  readonly truths: Truths;
  readonly pool: Pool;
  /** A profile, brought into memory where it is elsewhere; undefined where it was never seen. */
  find(type: number, key: number): MutableProfile | undefined;
  /** The same, or an empty one. */
  findOrMake(type: number, key: number): MutableProfile;
  /** Only where it is in memory. */
  peek(type: number, key: number): MutableProfile | undefined;
  /** One that was read from a snapshot. Of two of one key the one that knows more stays. */
  keep(type: number, key: number, profile: MutableProfile): void;
  keysInMemory(type: number): Iterable<number>;
  recordsElsewhere(): Iterable<Float64Array>;
  /** It was changed: what it takes is counted anew, and where it was put before is out of date. */
  changed(type: number, profile: MutableProfile): void;
  /** Nobody holds on to a profile now: those that are used least leave memory, if there are too many. */
  makeRoom(): void;
  /** What had no event since this time is forgotten, milliseconds; never earlier than before. */
  forgetBefore(time: number): void;
  size(type: number): number;
  clear(): void;
}

export interface Bound {
  /** Bytes that profiles in memory may take. */
  bytes: number;
  cold: ColdStore;
}

export function createProfileStore(
  entityTypes: readonly string[],
  layouts: readonly Layout[],
  labelLimit: number,
  bound: Bound | undefined,
): ProfileStore {
  const emptyShards = () => entityTypes.map(() => Array.from({ length: SHARDS }, () => createTable<MutableProfile>()));
  let shards = emptyShards();
  let truths = createTruths(labelLimit);
  let pool = createPool();
  let sizes = entityTypes.map(() => 0);
  let heat: Heat | undefined;
  /** Whose newest event is older is as good as gone; those that nobody asks for are found by and by, to free their memory. */
  let horizon = Number.NEGATIVE_INFINITY;
  let sweeping: Generator<void> | undefined;
  const start = () => {
    const tables = shards;
    heat =
      bound &&
      createHeat({
        ...bound,
        layouts,
        pool,
        putAway: (type, key) => removeKey(tables[type][key & (SHARDS - 1)], key),
      });
  };
  start();

  const shardOf = (type: number, key: number) => shards[type][key & (SHARDS - 1)];
  const peek = (type: number, key: number) => valueAt(shardOf(type, key), key);

  // Where nothing is ever forgotten its rows are not looked at: they may be far away in memory.
  const isForgotten = ({ count, columns, offset, start }: MutableProfile) =>
    horizon > Number.NEGATIVE_INFINITY && count > 0 && columns[offset + start + count - 1] < horizon;

  function forget(type: number, key: number, profile: MutableProfile): void {
    removeKey(shardOf(type, key), key);
    sizes[type]--;
    if (heat) heat.left(type, profile);
    else pool.give(profile.columns, profile.offset, layouts[type].width * profile.capacity);
  }

  /** One step looks at a few profiles in memory. */
  function* sweep(): Generator<void> {
    let looked = 0;
    for (let type = 0; type < shards.length; type++)
      for (const shard of shards[type])
        for (const key of keysOf(shard)) {
          const profile = valueAt(shard, key);
          if (profile !== undefined && isForgotten(profile)) forget(type, key, profile);
          if (++looked % SWEPT_AT_ONCE === 0) yield;
        }
  }

  function find(type: number, key: number): MutableProfile | undefined {
    const profile = peek(type, key);
    if (profile !== undefined && isForgotten(profile)) {
      forget(type, key, profile);
      return undefined;
    }
    if (heat === undefined) return profile;
    if (profile !== undefined) {
      heat.touched(profile);
      return profile;
    }
    const cells = bound!.cold.get(type, key);
    if (cells === undefined) return undefined;
    const found = readRecord({ layouts, pool }, cells, 0).profile;
    if (isForgotten(found)) {
      pool.give(found.columns, found.offset, layouts[type].width * found.capacity);
      return undefined;
    }
    setValue(shardOf(type, key), key, found);
    heat.entered(type, key, found, false);
    return found;
  }

  return {
    entityTypes,
    layouts,
    get truths() {
      return truths;
    },
    get pool() {
      return pool;
    },
    find,
    findOrMake(type, key) {
      let profile = find(type, key);
      if (profile === undefined) {
        profile = createProfile(layouts[type], pool);
        setValue(shardOf(type, key), key, profile);
        sizes[type]++;
        heat?.entered(type, key, profile, true);
      }
      return profile;
    },
    peek,
    keep(type, key, profile) {
      const known = find(type, key);
      if (known === undefined) sizes[type]++;
      else if (ageOf(known) > ageOf(profile)) return;
      else heat?.left(type, known);
      setValue(shardOf(type, key), key, profile);
      heat?.entered(type, key, profile, true);
      heat?.makeRoom();
    },
    keysInMemory: (type) =>
      heat ? shards[type].flatMap((shard) => [...keysOf(shard).sort()]) : firstKeys(shards[type]),
    recordsElsewhere: () => bound?.cold.records() ?? [],
    changed: (type, profile) => heat?.changed(type, profile),
    makeRoom() {
      if (sweeping?.next().done) sweeping = undefined;
      heat?.makeRoom();
    },
    forgetBefore(time) {
      if (!(time > horizon)) return;
      horizon = time;
      sweeping = sweep();
    },
    size: (type) => sizes[type],
    clear() {
      shards = emptyShards();
      truths = createTruths(labelLimit);
      pool = createPool();
      sizes = entityTypes.map(() => 0);
      horizon = Number.NEGATIVE_INFINITY;
      sweeping = undefined;
      bound?.cold.clear();
      start();
    },
  };
}

/** Of two states of one profile the later has seen at least as much. */
const ageOf = ({ lastSequence, lastLabelSequence }: MutableProfile) => lastSequence + lastLabelSequence;

/** In one order, whatever order they came in. What is new since it began is replayed anyway. */
function* firstKeys(shards: readonly Table<MutableProfile>[]): Generator<number> {
  for (const shard of shards) yield* keysOf(shard).sort();
}
