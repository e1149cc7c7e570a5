/**
 * What profiles and features see of a transaction: numbers only, so that a record read back from the journal and a row
 * of a history file are the same thing. Hashes are those of `hash53`; 0 means absent. NaN means an absent number.
 */
export interface Event {
  /** `hash53` of the transaction's id: breaks ties in time. */
  id: number;
  /** The event time T in milliseconds since the epoch. */
  time: number;
  /** Offset of the payer's clock from UTC in minutes: gives the local hour and weekday. */
  offsetMinutes: number;
  /** In base currency, major units. */
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

/** Nothing known of it but how many entity types there are. */
export function blankEvent(entityTypes: number): Event {
  return {
    id: 0,
    time: 0,
    offsetMinutes: 0,
    amount: 0,
    entities: new Float64Array(entityTypes),
    country: 0,
    category: 0,
    channel: 0,
    location: 0,
    latitude: Number.NaN,
    longitude: Number.NaN,
    accountAgeDays: Number.NaN,
  };
}

/** What is known of an event's truth. Unknown counts as not fraud. */
export const LABEL_UNKNOWN = 0;
export const LABEL_FRAUD = 1;
export const LABEL_LEGITIMATE = 2;
export type LabelCode = 0 | 1 | 2;
