import type { Event, LabelCode, Word } from '../domain/event.ts';
import { LABEL_BITS, outcomeBit } from './cell.ts';
import { layoutsOf } from './counterparts.ts';
import { profileKey } from './keys.ts';
import { findRow, labelRow, learnEvent, type MutableProfile, rowIs, tellRow, turnOutside } from './profile.ts';
import { type Bound, createProfileStore, type ProfileStore } from './profile-store.ts';
import { fingerprint, type Profiles } from './profiles.ts';
import { loadProfiles, saveProfiles } from './snapshot.ts';

export interface ProfileOptions {
  entityTypes: readonly string[];
  /** Columns to keep by entity type, beyond those always kept; by default what `counterparts.ts` says. See `Extractor.columns`. */
  columns?: Readonly<Record<string, readonly string[]>>;
  /** Of one's own columns, what users' profiles keep: `ownHabits` of the schema. */
  own?: readonly string[];
  /** How many events' labels, and how many events' outcomes, are remembered at most; half of it at least: see `truths.ts`. */
  labelLimit?: number;
  /** Time to live: what had no event for so many days of the log is forgotten. 0, the default: never. */
  ttlDays?: number | undefined;
  /** How much of them stays in memory, and where the rest goes; all of it, by default. */
  bound?: Bound | undefined;
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

const LABEL_LIMIT = 262_144;
const DAY_MS = 86_400_000;

export function createProfiles(options: ProfileOptions): MemoryProfiles {
  const { entityTypes, columns, own, labelLimit = LABEL_LIMIT, ttlDays = 0, bound } = options;
  const layouts = layoutsOf(entityTypes, columns, own);
  const store = createProfileStore(entityTypes, layouts, labelLimit, bound);

  function learn(event: Event, sequence: number): void {
    const { truths, pool } = store;
    const cell = truths.size > 0 ? truths.cell(event.id) : 0;
    const fresh = cell === 0 ? 0 : cell & ~truths.applied(event.id);
    if (fresh !== 0) truths.settle(event.id);
    for (let type = 0; type < entityTypes.length; type++) {
      const key = profileKey(event.entities[type], event.type);
      // Absent, or a type that was configured after this event was recorded.
      if (!(key > 0)) continue;
      const profile = store.findOrMake(type, key);
      learnEvent(profile, layouts[type], pool, event, sequence, cell, fresh);
      store.changed(type, profile);
    }
    store.makeRoom();
  }

  return {
    entityTypes,
    layouts,
    get: store.find,
    learn,
    readSet(keys) {
      // Before anything is read for a decision: what it holds on to stays until it has learnt.
      store.makeRoom();
      const read: [number, number][] = [];
      for (let type = 0; type < keys.length; type++) {
        const profile = keys[type] > 0 ? store.find(type, keys[type]) : undefined;
        read.push(profile === undefined ? [0, 0] : [profile.total, fingerprint(profile)]);
      }
      return read;
    },
    advance(at) {
      // By whole days: a clock that is set by a little changes nothing, and one that is set back nothing at all.
      if (ttlDays > 0) store.forgetBefore((Math.floor(at / DAY_MS) - ttlDays) * DAY_MS);
    },
    label: (event, words, sequence) => applyLabel(store, event, words, sequence),
    tell: (event, outcome, sequence) => applyOutcome(store, event, outcomeBit(outcome), sequence),
    size: store.size,
    save: (write) => saveProfiles(store, write),
    load: async (chunks) => {
      store.clear();
      try {
        await loadProfiles(store, chunks);
      } catch (error) {
        store.clear();
        throw error;
      }
    },
    clear: store.clear,
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

interface Place {
  type: number;
  profile: MutableProfile;
  where: number;
}

/** Where the event is, profile by profile; and whether it was learnt, as far as they show. */
function placesOf(store: ProfileStore, event: Event): { places: Place[]; learnt: boolean } {
  const places: Place[] = [];
  let kept = false;
  let older = false;
  let unseen = false;
  for (let type = 0; type < store.entityTypes.length; type++) {
    const key = profileKey(event.entities[type], event.type);
    if (!(key > 0)) continue;
    const profile = store.find(type, key);
    const where = whereabouts(profile, event);
    kept ||= where === KEPT_HERE;
    older ||= where === OLDER_THAN_KEPT;
    unseen ||= where === NOT_LEARNT;
    if (profile !== undefined) places.push({ type, profile, where });
  }
  return { places, learnt: kept || (older && !unseen) };
}

/**
 * What is said of an event is set where it is kept. Where it is older than all that is kept it changes the buckets, for a
 * label follows its event in the log; but if any profile shows that the event was not learnt yet, it waits.
 */
function applyLabel(store: ProfileStore, event: Event, words: readonly Word[], sequence: number): void {
  const { id } = event;
  const before = store.truths.applied(id) & LABEL_BITS;
  const { places, learnt } = placesOf(store, event);
  const code: LabelCode = store.truths.say(id, words, sequence, learnt);
  for (const { type, profile, where } of places) {
    if (where === KEPT_HERE) labelRow(profile, findRow(profile, event.time, id), id, code);
    else if (where === OLDER_THAN_KEPT && learnt) turnOutside(profile, event, before, code, sequence);
    if (sequence > profile.lastLabelSequence) profile.lastLabelSequence = sequence;
    store.changed(type, profile);
  }
  store.makeRoom();
}

function applyOutcome(store: ProfileStore, event: Event, bit: number, sequence: number): void {
  const { id } = event;
  const before = store.truths.applied(id) & bit;
  const { places, learnt } = placesOf(store, event);
  store.truths.tell(id, bit, learnt);
  for (const { type, profile, where } of places) {
    if (where === KEPT_HERE) tellRow(profile, findRow(profile, event.time, id), id, bit);
    else if (where === OLDER_THAN_KEPT && learnt) turnOutside(profile, event, before, bit, sequence);
    if (sequence > profile.lastLabelSequence) profile.lastLabelSequence = sequence;
    store.changed(type, profile);
  }
  store.makeRoom();
}
