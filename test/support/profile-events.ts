import assert from 'node:assert/strict';
import { type Event, type LabelCode, onlyWord, type Word } from '../../src/domain/event.ts';
import type { Position } from '../../src/domain/position.ts';
import { WIDTH } from '../../src/profiles/buckets.ts';
import { profileKeys } from '../../src/profiles/keys.ts';
import { fingerprint, type Profiles } from '../../src/profiles/profiles.ts';

export const ENTITY_TYPES = ['user', 'card', 'device', 'ip', 'merchant', 'email'] as const;
/** Decisions come in partitions 0 to 2, labels in one of their own, as in a fleet. */
export const LABELS_AT = 3;
export const T0 = 1_700_000_000_000;

/** An event, what is said of one, or what became of it: an index among `PAYMENT_EVENT_TYPES`. */
export type Step = { event: Event; words?: readonly Word[]; told?: number };

/** What a log holds, each at its place. */
export type LogEntry = Step & { position: Position };

/** A label where nobody else speaks. */
export const labelled = (event: Event, code: LabelCode): Step => ({ event, words: [onlyWord(code)] });

export const isEvent = ({ words, told }: Step) => words === undefined && told === undefined;

export function event(id: number, time: number, entities: ArrayLike<number>, more: Partial<Event> = {}): Event {
  return {
    ...{ id, type: 0, time, entities: Float64Array.from(entities), amount: ((id * 37) % 10_000) / 100 },
    ...{ offsetMinutes: 60 * (id % 3), accountAgeDays: id % 400 },
    ...{ country: 1 + (id % 4), category: id % 3, channel: 0, location: 1 + (id % 5) },
    ...(id % 2 ? { latitude: 40 + (id % 9), longitude: -(id % 30) } : { latitude: Number.NaN, longitude: Number.NaN }),
    ...more,
  };
}

/** Puts events, and what comes of them, into partitions: each at the next offset of its own. */
export function logOf(steps: readonly Step[]): LogEntry[] {
  const next = [0, 0, 0, 0];
  return steps.map((step) => {
    const partition = isEvent(step) ? step.event.id % LABELS_AT : LABELS_AT;
    return { ...step, position: { partition, offset: next[partition]++ } };
  });
}

/** Everything that reading can see of a profile. */
export function contentOf(profiles: Profiles, type: number, key: number) {
  const profile = profiles.get(type, key);
  if (profile === undefined) return undefined;
  const { columns, offset, capacity, start, count, total, firstTime, frauds, buckets } = profile;
  const rows = profiles.layouts[type].names.map((_, column) => {
    const base = offset + column * capacity + start;
    return Array.from(columns.subarray(base, base + count));
  });
  const series =
    buckets &&
    [buckets.hours, buckets.days].map(({ size, cells, evicted }) => {
      return { evicted, cells: Array.from(cells.subarray(0, WIDTH * size)) };
    });
  const ever = buckets && Array.from(buckets.ever);
  return { rows, total, firstTime, frauds, series, ever, fingerprint: fingerprint(profile) };
}

/** The profiles that some events have, as keys of one type each. */
export function entitiesOf(events: readonly Event[]): { type: number; key: number }[] {
  const seen = new Map<string, { type: number; key: number }>();
  for (const event of events)
    for (const [type, key] of profileKeys(event).entries()) if (key > 0) seen.set(`${type}:${key}`, { type, key });
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
