import type { Event } from '../domain/event.ts';
import type { Truth } from '../profiles/cell.ts';
import type { Layout } from '../profiles/layout.ts';
import type { Profile, Profiles } from '../profiles/profiles.ts';
import type { Encoding, FeatureDefinition } from './definition.ts';

/** A profile as scans see it: nothing later than T. Row i of column c is `columns[offset + c * capacity + i]`. */
export interface View {
  profile: Profile;
  columns: Float64Array;
  offset: number;
  capacity: number;
  first: number;
  /** One past the newest row with time ≤ T. */
  end: number;
}

/** A computation over one profile that leaves its results in slots, shared by all features that need them. */
export interface Probe {
  /** The column that it reads besides the fixed ones, resolved in `column` before it runs. */
  columnNames: string[];
  columns: number[];
  /** Of a profile whose past is cut: the first of its slots where what it looks for may be in what fell out, else -1. */
  unsure?(event: Event, slots: Float64Array): number;
  run(view: View, event: Event, slots: Float64Array): void;
}

/** A computation over the profiles of many entities, found from those of the payment. */
export interface Walk {
  /** Columns that it reads of each type. */
  columnNames: Readonly<Record<string, readonly string[]>>;
  /** Settles where these profiles keep them. */
  bind(layouts: readonly Layout[]): void;
  /** Fills its slots; whether they are approximate. */
  run(profiles: Profiles, event: Event, slots: Float64Array): boolean;
}

/** A feature's value from the slots and the transaction. NaN is the missing value. */
export type Compute = (slots: Float64Array, event: Event) => number;

/** What operations ask for while a catalogue is compiled. Equal requests share their slots. */
export interface Planner {
  /**
   * Slot of a window's `count`, `sum` of amounts, how many have one (`amounts`), or are known as a truth such as `fraud`; the
   * transaction itself not included.
   */
  window(definition: FeatureDefinition, what: 'count' | 'sum' | 'amounts' | Truth): number;
  /** Slot of the number of distinct values of `field` in the window. */
  distinct(definition: FeatureDefinition): number;
  /** First slot of a probe's `size` results. */
  probe(entity: string, key: string, size: number, make: (slot: number) => Probe): number;
  /** First slot of a walk's `size` results. */
  walk(key: string, size: number, make: (slot: number, entityTypes: readonly string[]) => Walk): number;
  /** The name of the column that holds a field of earlier events, and the field of this one. */
  columnOf(field: string): string;
  valueOf(field: string): (event: Event) => number;
  /** Undefined when raw words are wanted (training learns the encodings from them). */
  encoding(field: string): Encoding | undefined;
}

/** One way to compute a feature. All are pure. */
export type Operation = (definition: FeatureDefinition, planner: Planner) => Compute;

/** The entity that a definition must name. */
export function entityOf(definition: FeatureDefinition): string {
  if (definition.entity === undefined) throw new Error(`Feature ${definition.name} must name an entity.`);
  return definition.entity;
}

export function fieldOf(definition: FeatureDefinition): string {
  if (definition.field === undefined) throw new Error(`Feature ${definition.name} must name a field.`);
  return definition.field;
}

/** A numeric parameter, or what it is by default. */
export function parameter(definition: FeatureDefinition, name: string, fallback: number): number {
  const value = definition.parameters?.[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new Error(`Parameter ${name} of feature ${definition.name} must be a number.`);
  }
  return value;
}
