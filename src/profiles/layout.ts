import { cellReader, isOwnColumn, type OwnSource } from '../domain/own-values.ts';

/**
 * How the events of a profile lie in a Float64Array, from the profile's `offset` on: one column a field, `capacity`
 * cells a column.
 *
 *            0        start             start+count   capacity
 *            │ dropped │ oldest … newest │   free      │
 *   time     ├─────────┼─────────────────┼─────────────┤ offset + 0 * capacity + i
 *   id       ├─────────┼─────────────────┼─────────────┤ offset + 1 * capacity + i
 *   amount   ├─────────┼─────────────────┼─────────────┤ offset + 2 * capacity + i
 *   label    ├─────────┼─────────────────┼─────────────┤ offset + 3 * capacity + i
 *   country, latitude, longitude, …, entity:user, entity:card, …, number:metadata.size, word:metadata.job, … (those that
 *   the layout keeps)
 *
 * Rows ascend by (time, id). Time in milliseconds; amount in base currency, NaN where there is none; words and entities as
 * 53-bit hashes, 0 where absent; degrees, NaN where absent. A label cell says what became known of the event: see `cell.ts`.
 */
export const TIME = 0;
export const ID = 1;
export const AMOUNT = 2;
export const LABEL = 3;

/** An entity's newest events that are kept exactly. */
export const KEPT = 512;
/** Free cells behind a full profile: it moves its rows once in so many events, not at each. */
export const SLACK = 128;

/** Columns that every profile has, in order. */
export const FIXED_COLUMNS = ['time', 'id', 'amount', 'label'] as const;
/** Columns that a profile may have, besides `entity:<type>` for every other entity type. */
export const WORD_COLUMNS = ['country', 'category', 'channel', 'location'] as const;
export const PLACE_COLUMNS = ['latitude', 'longitude'] as const;

export interface Layout {
  /** Names of the columns in order. */
  readonly names: readonly string[];
  readonly width: number;
  readonly country: number;
  readonly category: number;
  readonly channel: number;
  readonly location: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Column of each entity type; -1 where it is not kept. */
  readonly entities: Int32Array;
  /** Columns of one's own: see `domain/own-columns.ts`. */
  readonly own: readonly { column: number; name: string; read: (event: OwnSource) => number }[];
}

/**
 * The layout of the profiles of one entity type. Its own type is left out: every row would hold the same key.
 * `wanted` are the columns beyond the fixed ones: see `counterparts.ts`.
 */
export function createLayout(type: number, entityTypes: readonly string[], wanted: readonly string[]): Layout {
  const names: string[] = [...FIXED_COLUMNS];
  const keep = (name: string): number => {
    if (!wanted.includes(name)) return -1;
    return names.push(name) - 1;
  };
  const layout = {
    country: keep('country'),
    category: keep('category'),
    channel: keep('channel'),
    location: keep('location'),
    latitude: keep('latitude'),
    longitude: keep('longitude'),
    entities: Int32Array.from(entityTypes, (name, other) => (other === type ? -1 : keep(`entity:${name}`))),
    own: wanted.filter(isOwnColumn).map((name) => ({ column: keep(name), name, read: cellReader(name) })),
  };
  return { names, width: names.length, ...layout };
}
