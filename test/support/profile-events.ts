import assert from 'node:assert/strict';
import type { Event, LabelCode } from '../../src/domain/event.ts';
import type { Position } from '../../src/domain/position.ts';
import { LABEL } from '../../src/profiles/layout.ts';
import { fingerprint, type Profiles } from '../../src/profiles/profiles.ts';

export const ENTITY_TYPES = ['user', 'card', 'device', 'ip', 'merchant', 'email'] as const;
/** Decisions come in partitions 0 to 2, labels in one of their own, as in a fleet. */
export const LABELS_AT = 3;
export const T0 = 1_700_000_000_000;

/** What a log holds: events, and labels of events, each at its place. */
export type LogEntry = { position: Position; event: Event; label?: LabelCode };

export function event(id: number, time: number, entities: ArrayLike<number>, more: Partial<Event> = {}): Event {
  return {
    ...{ id, time, entities: Float64Array.from(entities), amount: ((id * 37) % 10_000) / 100 },
    ...{ offsetMinutes: 60 * (id % 3), accountAgeDays: id % 400 },
    ...{ country: 1 + (id % 4), category: id % 3, channel: 0, location: 1 + (id % 5) },
    ...(id % 2 ? { latitude: 40 + (id % 9), longitude: -(id % 30) } : { latitude: Number.NaN, longitude: Number.NaN }),
    ...more,
  };
}

/** Puts events, and then labels, into partitions: each at the next offset of its own. */
export function logOf(steps: readonly { event: Event; label?: LabelCode }[]): LogEntry[] {
  const next = [0, 0, 0, 0];
  return steps.map(({ event: one, label }) => {
    const partition = label === undefined ? one.id % LABELS_AT : LABELS_AT;
    const position = { partition, offset: next[partition]++ };
    return label === undefined ? { position, event: one } : { position, event: one, label };
  });
}

/** Everything that reading can see of a profile, with labels as codes: their sequences differ from log to log. */
export function contentOf(profiles: Profiles, type: number, key: number) {
  const profile = profiles.get(type, key);
  if (profile === undefined) return undefined;
  const { columns, offset, capacity, start, count, total, firstTime, frauds, buckets } = profile;
  const rows = profiles.layouts[type].names.map((_, column) => {
    const base = offset + column * capacity + start;
    return Array.from(columns.subarray(base, base + count), (cell) => (column === LABEL ? cell & 3 : cell));
  });
  const series =
    buckets &&
    [buckets.hours, buckets.days].map(({ size, cells, evicted }) => {
      return { evicted, cells: Array.from(cells.subarray(0, 4 * size)) };
    });
  return { rows, total, firstTime, frauds, series, fingerprint: fingerprint(profile) };
}

/** The entities that some events name, as keys of one type each. */
export function entitiesOf(events: readonly Event[]): { type: number; key: number }[] {
  const seen = new Map<string, { type: number; key: number }>();
  for (const { entities } of events)
    for (const [type, key] of entities.entries()) if (key > 0) seen.set(`${type}:${key}`, { type, key });
  return [...seen.values()];
}

/** Keys with only one type named. */
export function only(type: number, key: number, types: number = ENTITY_TYPES.length): Float64Array {
  const entities = new Float64Array(types);
  entities[type] = key;
  return entities;
}

export function assertBits(actual: Float64Array, expected: Float64Array, names: readonly string[], what: string): void {
  for (let i = 0; i < expected.length; i++)
    assert.ok(Object.is(actual[i], expected[i]), `${what}: ${names[i]} is ${actual[i]}, not ${expected[i]}`);
}
