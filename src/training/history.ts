import type { Event } from '../domain/event.ts';

/** One row of a history file: what happened, and the truth about it. Reused for the next row: copy what you keep. */
export interface HistoryRow {
  event: Event;
  /** The transaction's own id. */
  id: string;
  fraud: boolean;
  /** When the truth arrived, milliseconds; NaN where the file does not say. */
  labelledAt: number;
  /** `entityKey` of the card, or the user where there is none: what card precision ranks. */
  card: number;
}

/** Calls back with every row of a history, in the file's order. */
export type History = (onRow: (row: HistoryRow) => void) => Promise<{ rows: number; errors: number }>;

export function blankRow(entityTypes: readonly string[]): HistoryRow {
  return {
    event: {
      id: 0,
      time: 0,
      offsetMinutes: 0,
      amount: 0,
      entities: new Float64Array(entityTypes.length),
      country: 0,
      category: 0,
      channel: 0,
      location: 0,
      latitude: Number.NaN,
      longitude: Number.NaN,
      accountAgeDays: Number.NaN,
    },
    id: '',
    fraud: false,
    labelledAt: Number.NaN,
    card: 0,
  };
}
