import type { OwnSource } from './own-values.ts';

/**
 * What profiles and features see of a transaction: numbers, so that a record read back from the journal and a row
 * of a history file are the same thing; and, for columns of one's own, where their values are read. Hashes are those of `hash53`; 0 means absent. NaN means an absent number.
 */
export interface Event extends OwnSource {
  /** `hash53` of the transaction's id: breaks ties in time. */
  id: number;
  /** Index among `TRANSACTION_TYPES`. Profiles of each are apart: see `profiles/keys.ts`. */
  type: number;
  /** The event time T in milliseconds since the epoch. */
  time: number;
  /** Offset of the payer's clock from UTC in minutes: gives the local hour and weekday. */
  offsetMinutes: number;
  /** In base currency, major units; NaN where there is none, or no rate. */
  amount: number;
  /** One `entityKey` per entity type, in the order of the configuration's entity types; 0 where absent. */
  entities: Float64Array;
  /** Hashes of the words as they came. */
  country: number;
  category: number;
  channel: number;
  location: number;
  /** Degrees. */
  latitude: number;
  longitude: number;
  accountAgeDays: number;
}

/** Nothing known of it but how many entity types there are, or its entities. */
export function blankEvent(entities: number | Float64Array): Event {
  return {
    id: 0,
    type: 0,
    time: 0,
    offsetMinutes: 0,
    amount: 0,
    entities: typeof entities === 'number' ? new Float64Array(entities) : entities,
    country: 0,
    category: 0,
    channel: 0,
    location: 0,
    latitude: Number.NaN,
    longitude: Number.NaN,
    accountAgeDays: Number.NaN,
    details: undefined,
    personal: undefined,
    cells: undefined,
  };
}

/** What is known of an event's truth. Unknown counts as not fraud. */
export const LABEL_UNKNOWN = 0;
export const LABEL_FRAUD = 1;
export const LABEL_LEGITIMATE = 2;
export type LabelCode = 0 | 1 | 2;

/**
 * What one voice says of an event's truth, as numbers: see `label.ts` for who speaks and what is in force. A voice holds its
 * newest word, by (time, place in the log).
 */
export interface Word {
  /** UNRANKED, a source, or above those whoever else has a voice, such as a pin or a dispute. */
  voice: number;
  /** The voice of the source that it speaks for. */
  source: number;
  /** The highest is in force, within it the newest. */
  rank: number;
  /** When it came to light, milliseconds. */
  time: number;
  /** LABEL_UNKNOWN takes back what this voice said. */
  code: LabelCode;
}

/** The voice of all that was said before sources had a rank: there the newest in log order counts alone. */
export const UNRANKED = 0;

/** The word of the only one who speaks, as in a history file; the later in the log counts. */
export function onlyWord(code: LabelCode, time = 0): Word {
  return { voice: 1, source: 1, rank: 1, time, code };
}
