import type { Event, LabelCode } from '../domain/event.ts';
import { createLabelMemory } from './labels.ts';
import { createLayout } from './layout.ts';
import { createPool } from './pool.ts';
import { createProfile, findRow, labelOutside, labelRow, learnEvent, type MutableProfile, rowIs } from './profile.ts';
import type { ProfileStore } from './profile-store.ts';
import { fingerprint, type Profiles } from './profiles.ts';
import { loadProfiles, saveProfiles } from './snapshot.ts';

export interface ProfileOptions {
  entityTypes: readonly string[];
  /** Columns to keep by entity type, beyond those always kept; everything by default. See `Extractor.columns`. */
  columns?: Readonly<Record<string, readonly string[]>>;
  /** How many labels are remembered for events that are not (or no longer) kept. */
  labelLimit?: number;
}

export interface MemoryProfiles extends Profiles {
  /** Number of profiles of a type. */
  size(type: number): number;
  /**
   * Writes everything as a checksummed stream, waiting for each `write`. Learning may go on meanwhile: each profile is
   * consistent in itself, so replaying the journal from the sequence noted *before* the call makes all of them whole.
   */
  save(write: (chunk: Uint8Array) => void | Promise<void>): Promise<void>;
  /** Replaces everything. Throws `SnapshotError`, leaving nothing, when the stream is not a whole snapshot of this layout. */
  load(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  clear(): void;
}

/** Shards keep the pause short when a table grows, and a type is not limited to the 16.7 million entries of a Map. */
const SHARDS = 64;
const LABEL_LIMIT = 262_144;

export function createProfiles(options: ProfileOptions): MemoryProfiles {
  const { entityTypes, columns, labelLimit = LABEL_LIMIT } = options;
  const layouts = entityTypes.map((name, type) => createLayout(type, entityTypes, columns && (columns[name] ?? [])));
  const emptyShards = () =>
    entityTypes.map(() => Array.from({ length: SHARDS }, () => new Map<number, MutableProfile>()));
  const store: ProfileStore = {
    entityTypes,
    layouts,
    shards: emptyShards(),
    labels: createLabelMemory(labelLimit),
    pool: createPool(),
  };
  const clear = () => {
    store.shards = emptyShards();
    store.labels = createLabelMemory(labelLimit);
    store.pool = createPool();
  };
  const get = (type: number, key: number) => store.shards[type][key & (SHARDS - 1)].get(key);

  function learn(event: Event, sequence: number): void {
    let cell = 0;
    let counted = false;
    if (store.labels.size > 0 && (cell = store.labels.get(event.id)) !== 0) {
      counted = store.labels.isApplied(event.id);
      if (!counted) store.labels.set(event.id, cell, true);
    }
    for (let type = 0; type < entityTypes.length; type++) {
      const key = event.entities[type];
      // Absent, or a type that was configured after this event was recorded.
      if (!(key > 0)) continue;
      const shard = store.shards[type][key & (SHARDS - 1)];
      let profile = shard.get(key);
      if (profile === undefined) shard.set(key, (profile = createProfile(layouts[type], store.pool)));
      learnEvent(profile, layouts[type], store.pool, event, sequence, cell, counted);
    }
  }

  return {
    entityTypes,
    layouts,
    get,
    learn,
    readSet: (entities) =>
      Array.from(entities, (key, type) => {
        const profile = key > 0 ? get(type, key) : undefined;
        return [profile?.total ?? 0, fingerprint(profile)];
      }),
    label: (event, label, sequence) => applyLabel(store, event, label, sequence),
    size: (type) => store.shards[type].reduce((sum, shard) => sum + shard.size, 0),
    save: (write) => saveProfiles(store, write),
    load: async (chunks) => {
      clear();
      try {
        await loadProfiles(store, chunks);
      } catch (error) {
        clear();
        throw error;
      }
    },
    clear,
  };
}

const KEPT_HERE = 1;
const NOT_LEARNT = 2;
const OLDER_THAN_KEPT = 3;

/** Where an event is, as seen from one profile. */
function whereabouts(profile: MutableProfile | undefined, event: Event): number {
  if (profile === undefined) return NOT_LEARNT;
  const row = findRow(profile, event.time, event.id);
  if (rowIs(profile, row, event.time, event.id)) return KEPT_HERE;
  return profile.buckets !== undefined && row === profile.start ? OLDER_THAN_KEPT : NOT_LEARNT;
}

/**
 * A label is set where its event is kept. Where the event is older than all that is kept it changes the buckets, for a
 * label follows its event in the log; but if any profile shows that the event was not learnt yet, the label waits.
 */
function applyLabel(store: ProfileStore, event: Event, label: LabelCode, sequence: number): void {
  const cell = sequence * 4 + label;
  const before = store.labels.get(event.id);
  const beforeCode = store.labels.isApplied(event.id) ? before & 3 : 0;
  const profiles = store.entityTypes.map((_, type) => {
    const key = event.entities[type];
    return key > 0 ? store.shards[type][key & (SHARDS - 1)].get(key) : undefined;
  });
  const places = profiles.map((profile, type) => (event.entities[type] > 0 ? whereabouts(profile, event) : 0));
  const learnt = places.includes(KEPT_HERE) || (places.includes(OLDER_THAN_KEPT) && !places.includes(NOT_LEARNT));
  for (let type = 0; type < profiles.length; type++) {
    const profile = profiles[type];
    if (profile === undefined || places[type] === 0) continue;
    if (places[type] === KEPT_HERE) labelRow(profile, findRow(profile, event.time, event.id), event.id, cell);
    else if (places[type] === OLDER_THAN_KEPT && learnt) {
      labelOutside(profile, event, beforeCode, label, sequence);
    }
    if (sequence > profile.lastLabelSequence) profile.lastLabelSequence = sequence;
  }
  store.labels.set(event.id, Math.max(cell, before), learnt);
}
