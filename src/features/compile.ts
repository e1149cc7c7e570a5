import { createHash } from 'node:crypto';
import type { Event } from '../domain/event.ts';
import type { TransactionType } from '../domain/fields.ts';
import { isOwnColumn } from '../domain/own-values.ts';
import { columnOf, counterpartsOf } from '../profiles/counterparts.ts';
import { profileKey } from '../profiles/keys.ts';
import type { Layout } from '../profiles/layout.ts';
import type { Profile, Profiles } from '../profiles/profiles.ts';
import type { Encoding, FeatureDefinition } from './definition.ts';
import { operations } from './operations.ts';
import type { Compute, View } from './plan.ts';
import { createPlanner, type EntityPlan, type PlannerState } from './planner.ts';
import { firstAfter, scanWindows } from './windows.ts';
import { describe, type Usual } from './words.ts';

export interface Extractor {
  readonly names: readonly string[];
  readonly definitions: readonly FeatureDefinition[];
  readonly encodings: Readonly<Record<string, Encoding>>;
  /** Hash of the definitions in their order. Encodings are data of a model, which carries them. */
  readonly schema: string;
  /** Columns that it reads, by entity type: what `createProfiles` must keep at least. */
  readonly columns: Readonly<Record<string, string[]>>;
  /**
   * Writes the vector of an event that is not learnt yet: `names.length` values, NaN where missing. Allocates nothing.
   * Returns how many values are approximate, because a window or a search reached past the oldest kept event.
   */
  extract(profiles: Profiles, event: Event, out: Float64Array): number;
  /** Whether it reads profiles of entities that the event does not name: those that others' profiles lead to. */
  readonly walks: boolean;
  /** 1 for the features that were approximate in the last `extract`. */
  readonly approximate: Uint8Array;
  /** A sentence for people about a value. `usual` is what training saw of this feature. */
  describe(feature: number, value: number, usual?: Usual, type?: TransactionType): string;
}

export interface CompileOptions {
  entityTypes: readonly string[];
  /** By field. Without them, encoded features are the raw word hashes that training learns encodings from. */
  encodings?: Record<string, Encoding>;
  /** What users' profiles keep of one's own columns; undefined: whatever the features read. */
  own?: readonly string[];
  /** For amounts in words; ISO 4217. */
  currency?: string;
}

const NOTHING: Profile = Object.freeze({
  start: 0,
  count: 0,
  total: 0,
  capacity: 0,
  columns: new Float64Array(0),
  offset: 0,
  firstTime: Number.POSITIVE_INFINITY,
  frauds: 0,
  seen: 0,
  buckets: undefined,
  hash: 0,
});

/**
 * Turns definitions into one function. What features need of a profile is gathered first, so that each entity's profile
 * is looked up once and each of its columns is read at most once for all windows of a delay.
 * Throws an Error that names the feature where a definition makes no sense.
 */
export function compile(definitions: readonly FeatureDefinition[], options: CompileOptions): Extractor {
  const { entityTypes, encodings, own, currency = 'USD' } = options;
  const state = createPlanner(entityTypes, encodings);
  const computes: Compute[] = [];
  const windowSlots: number[][] = [];
  for (const definition of definitions) {
    const operation = operations[definition.operation];
    if (operation === undefined) throw new Error(`Feature ${definition.name}: no operation ${definition.operation}.`);
    computes.push(operation(definition, state.planner));
    windowSlots.push(state.takeWindowSlots());
  }
  const names = definitions.map((definition) => definition.name);
  if (new Set(names).size !== names.length) throw new Error('Two features have the same name.');

  const { entities: plans, walks } = state;
  for (const plan of plans) refuseUnkept(plan, entityTypes, own);
  const slots = new Float64Array(state.slotCount());
  const approximateSlots = new Uint8Array(slots.length);
  const approximate = new Uint8Array(names.length);
  const view: View = { profile: NOTHING, columns: NOTHING.columns, offset: 0, capacity: 0, first: 0, end: 0 };
  let boundTo: readonly Layout[] | undefined;
  let marked = 0;

  function extract(profiles: Profiles, event: Event, out: Float64Array): number {
    if (profiles.layouts !== boundTo) {
      bind(plans, profiles);
      for (const { walk } of walks) walk.bind(profiles.layouts);
      boundTo = profiles.layouts;
    }
    if (marked > 0) {
      approximateSlots.fill(0);
      approximate.fill(0);
      marked = 0;
    }
    for (let p = 0; p < plans.length; p++)
      marked += scanEntity(plans[p], profiles, event, view, slots, approximateSlots);
    for (const { walk, slot } of walks) if (walk.run(profiles, event, slots)) marked += approximateSlots[slot] = 1;
    for (let i = 0; i < computes.length; i++) out[i] = computes[i](slots, event);
    if (marked === 0) return 0;
    let count = 0;
    for (let i = 0; i < windowSlots.length; i++) {
      if (windowSlots[i].some((slot) => approximateSlots[slot] === 1)) count += approximate[i] = 1;
    }
    return count;
  }

  return {
    names,
    definitions,
    encodings: encodings ?? {},
    schema: schemaHash(definitions),
    columns: columnsRead(plans, walks),
    walks: walks.length > 0,
    extract,
    approximate,
    describe: (feature, value, usual, type) => describe(definitions[feature], value, usual, currency, type),
  };
}

function scanEntity(
  plan: EntityPlan,
  profiles: Profiles,
  event: Event,
  view: View,
  slots: Float64Array,
  approximate: Uint8Array,
): number {
  const key = profileKey(event.entities[plan.type], event.type);
  if (!(key > 0)) {
    for (let i = 0; i < plan.slots.length; i++) slots[plan.slots[i]] = Number.NaN;
    return 0;
  }
  const profile = profiles.get(plan.type, key) ?? NOTHING;
  view.profile = profile;
  view.columns = profile.columns;
  view.offset = profile.offset;
  view.capacity = profile.capacity;
  view.first = profile.start;
  view.end = profile.start + profile.count;
  // Nothing later than T: the newest is rarely later.
  if (profile.count > 0 && view.columns[view.offset + view.end - 1] > event.time) {
    view.end = firstAfter(view, event.time, view.first, view.end);
  }
  let marked = 0;
  for (let g = 0; g < plan.groups.length; g++) marked += scanWindows(plan.groups[g], view, event, slots, approximate);
  for (let p = 0; p < plan.probes.length; p++) plan.probes[p].run(view, event, slots);
  return profile.buckets === undefined ? marked : marked + markUnsure(plan, event, slots, approximate);
}

/** What was not found may have fallen out of what is kept. */
function markUnsure(plan: EntityPlan, event: Event, slots: Float64Array, approximate: Uint8Array): number {
  let marked = 0;
  for (let p = 0; p < plan.probes.length; p++) {
    const slot = plan.probes[p].unsure?.(event, slots) ?? -1;
    if (slot >= 0) marked += approximate[slot] = 1;
  }
  return marked;
}

function columnsOf(plan: EntityPlan): string[] {
  const names = plan.groups.flatMap((group) => group.distinct.map((scan) => scan.columnName));
  for (const probe of plan.probes) names.push(...probe.columnNames);
  return [...new Set(names)].sort();
}

function columnsRead(plans: EntityPlan[], walks: PlannerState['walks']): Record<string, string[]> {
  const read = new Map<string, string[]>(plans.map((plan) => [plan.name, columnsOf(plan)]));
  for (const { walk } of walks)
    for (const [type, names] of Object.entries(walk.columnNames))
      read.set(type, [...new Set([...(read.get(type) ?? []), ...names])].sort());
  return Object.fromEntries(read);
}

function refuseUnkept(plan: EntityPlan, entityTypes: readonly string[], own: readonly string[] | undefined): void {
  const kept = counterpartsOf(plan.name, entityTypes);
  const columns = kept.map((field) => columnOf(field, entityTypes));
  const missing = columnsOf(plan).filter((name) => !columns.includes(name) && !isOwnColumn(name));
  const lacked = columnsOf(plan).filter((name) => isOwnColumn(name) && own !== undefined && !own.includes(name));
  if (plan.name === 'user' && lacked.length > 0) throw notKept(lacked);
  if (missing.length === 0) return;
  const asked = missing.map((name) => name.replace('entity:', '')).join(', ');
  throw new Error(`Profiles of ${plan.name} do not keep ${asked}: they keep ${kept.join(', ')}.`);
}

function notKept(columns: readonly string[]): Error {
  const fields = columns.map((name) => name.slice(name.indexOf(':') + 1));
  return new Error(
    `Profiles of users do not keep ${fields.join(', ')}: give the model's schema by ASSAY_SCHEMA, or the model's folder by ASSAY_MODEL_DIR.`,
  );
}

/** Settles where these profiles keep the columns that are read. */
function bind(plans: EntityPlan[], profiles: Profiles): void {
  for (const plan of plans) {
    const layout = profiles.layouts[plan.type];
    const find = (name: string) => {
      const column = layout?.names.indexOf(name) ?? -1;
      if (column < 0) throw new Error(`Profiles of ${plan.name} keep no column ${name}.`);
      return column;
    };
    for (const group of plan.groups) for (const scan of group.distinct) scan.column = find(scan.columnName);
    for (const probe of plan.probes) {
      for (let i = 0; i < probe.columnNames.length; i++) probe.columns[i] = find(probe.columnNames[i]);
    }
  }
}

/** The first 16 hex digits of SHA-256 over canonical JSON. */
export function schemaHash(definitions: readonly FeatureDefinition[]): string {
  return createHash('sha256').update(canonical(definitions)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
