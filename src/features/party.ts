import { LABEL_FRAUD } from '../domain/event.ts';
import { profileKey } from '../profiles/keys.ts';
import { AMOUNT, LABEL } from '../profiles/layout.ts';
import type { Profile } from '../profiles/profiles.ts';
import type { FeatureDefinition } from './definition.ts';
import { FLOOR, medianAmount } from './habit.ts';
import {
  entityOf,
  fieldOf,
  type Operation,
  type Planner,
  type Probe,
  parameter,
  type View,
  type Walk,
} from './plan.ts';
import { firstAfter } from './windows.ts';

/** Slots of the newest known fraud: what was paid, and the key of the party to it. */
const PAID = 0;
const PARTY = 1;
/** Slots of what is known of that party. */
const FRAUDS = 0;
const RATIO = 1;

/** The window (until − windowMs, until], which ends `delayMs` before the event. */
interface Span {
  delayMs: number;
  windowMs: number;
}

/**
 * Whose fraud was it? The newest known fraud of an entity (a merchant) was with somebody, named by `field` (a user): one whose other payments
 * turned out as fraud too, or who paid many times what is usual there, brought it along; else the entity itself is suspect. Both up to
 * T − delay and in the window; what is usual is of the party's newest `parameters.newest` events (100) up to T. Where the entity has no known
 * fraud nothing is looked up, else one more profile.
 */
function party(definition: FeatureDefinition, planner: Planner): number {
  const field = fieldOf(definition);
  const delayMs = (definition.delaySeconds ?? 0) * 1000;
  const windowMs = (definition.windowSeconds ?? Number.NaN) * 1000;
  if (!(windowMs > 0)) throw new Error(`Feature ${definition.name} needs a window.`);
  const span = { delayMs, windowMs };
  const newest = parameter(definition, 'newest', 100);
  const name = `${field}:${delayMs}:${windowMs}`;
  const last = planner.probe(entityOf(definition), `lastFraud:${name}`, 2, (at) =>
    lastFraud(at, planner.columnOf(field), span),
  );
  return planner.walk(`party:${last}:${newest}`, 2, (at, entityTypes) => {
    const type = entityTypes.indexOf(field);
    if (type < 0) throw new Error(`There is no entity type ${field}: there are ${entityTypes.join(', ')}.`);
    return partyWalk(at, last, { type, field, newest, ...span });
  });
}

function lastFraud(at: number, columnName: string, span: Span): Probe {
  let isCut = false;
  const columns = [-1];
  return {
    columnNames: [columnName],
    columns,
    unsure: () => (isCut ? at : -1),
    run: (view, event, slots) => {
      const until = event.time - span.delayMs;
      const row = newestFraud(view, until, span.windowMs);
      isCut = row < 0 && view.end > view.first && until - span.windowMs < view.columns[view.offset + view.first];
      slots[at + PAID] = row < 0 ? Number.NaN : view.columns[view.offset + AMOUNT * view.capacity + row];
      slots[at + PARTY] = row < 0 ? Number.NaN : view.columns[view.offset + columns[0] * view.capacity + row];
    },
  };
}

/** The row of the newest known fraud of the span; -1 where there is none. */
function newestFraud(view: View, until: number, windowMs: number): number {
  if (view.profile.frauds === 0) return -1;
  const { columns, offset, capacity, first } = view;
  const labels = offset + LABEL * capacity;
  for (let i = firstAfter(view, until, first, view.end) - 1; i >= first; i--) {
    if (columns[offset + i] <= until - windowMs) return -1;
    if ((columns[labels + i] & LABEL_FRAUD) !== 0) return i;
  }
  return -1;
}

interface Party extends Span {
  type: number;
  field: string;
  newest: number;
}

function partyWalk(at: number, last: number, { type, field, newest, delayMs, windowMs }: Party): Walk {
  return {
    columnNames: { [field]: [] },
    bind: () => {},
    run(profiles, event, slots) {
      slots[at + FRAUDS] = Number.NaN;
      slots[at + RATIO] = Number.NaN;
      const key = profileKey(slots[last + PARTY], event.type);
      const profile = key > 0 ? profiles.get(type, key) : undefined;
      if (profile === undefined) return false;
      const { columns, offset, start, count, buckets } = profile;
      const from = event.time - delayMs - windowMs;
      slots[at + FRAUDS] = frauds(profile, from, event.time - delayMs);
      const end = firstAfter(profile, event.time, start, start + count);
      const usual = medianAmount(profile, Math.max(start, end - newest), end);
      slots[at + RATIO] = slots[last + PAID] / Math.max(usual, FLOOR);
      return buckets !== undefined && from < columns[offset + start];
    },
  };
}

/** Known frauds in (from, until]. */
function frauds(profile: Profile, from: number, until: number): number {
  const { columns, offset, capacity, start, count } = profile;
  const labels = offset + LABEL * capacity;
  let known = 0;
  for (let i = firstAfter(profile, until, start, start + count) - 1; i >= start && columns[offset + i] > from; i--) {
    if ((columns[labels + i] & LABEL_FRAUD) !== 0) known++;
  }
  return known;
}

/** Of the entity's newest known fraud and the other party to it; missing where none is known. */
export const otherParty: Record<string, Operation> = {
  /** Known frauds of that party, this one included. */
  lastFraudPartyFrauds: (definition, planner) => {
    const at = party(definition, planner) + FRAUDS;
    return (slots) => slots[at];
  },
  /** Its amount against the median of what that party pays. */
  lastFraudToMedian: (definition, planner) => {
    const at = party(definition, planner) + RATIO;
    return (slots) => slots[at];
  },
};
