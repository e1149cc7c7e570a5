import { blankEvent, type Event } from '../domain/event.ts';
import type { FileTruth } from './values.ts';

/** Something that became of a payment. */
export interface Told {
  /** Index among `PAYMENT_EVENT_TYPES`. */
  outcome: number;
  /** When it was told, milliseconds. */
  at: number;
}

/** One row of a history file: what happened, and the truth about it. Reused for the next row: copy what you keep. */
export interface HistoryRow {
  event: Event;
  /** The transaction's own id. */
  id: string;
  fraud: boolean;
  /** What is said of its truth; absent: `fraud` is all of it. */
  truth?: FileTruth;
  /** When the truth arrived, milliseconds; NaN where the file does not say. */
  labelledAt: number;
  /** What became of it, where the file says so. */
  told?: readonly Told[];
  /** `entityKey` of the card, or the user where there is none: what card precision ranks. */
  card: number;
}

/** Calls back with every row of a history, in the file's order. */
export type History = (onRow: (row: HistoryRow) => void) => Promise<HistorySummary>;

export interface HistorySummary {
  rows: number;
  errors: number;
  /** What the hashes of categories, channels and countries stand for. */
  words?: ReadonlyMap<number, string>;
}

export function blankRow(entityTypes: readonly string[]): HistoryRow {
  return {
    event: blankEvent(entityTypes.length),
    id: '',
    fraud: false,
    labelledAt: Number.NaN,
    card: 0,
  };
}

/** Numbers of an event besides its entities, as they lie in a block of `sortedByTime`. */
const FIELDS = [
  'id',
  'time',
  'offsetMinutes',
  'amount',
  'country',
  'category',
  'channel',
  'location',
  'latitude',
  'longitude',
  'accountAgeDays',
  'type',
] as const;

const BLOCK_ROWS = 16_384;

/**
 * The same rows by time; those of one moment stay in the file's order. Holds them all: about 200 bytes a row. For files
 * that are not in time order; those that are need no such memory.
 */
export function sortedByTime(history: History, entityTypes: readonly string[]): History {
  return async (onRow) => {
    const width = FIELDS.length + entityTypes.length + 3;
    const blocks: Float64Array[] = [];
    const ids: string[] = [];
    const told = new Map<number, readonly Told[]>();
    const summary = await history((row) => {
      const { event, id, fraud, labelledAt, card } = row;
      if (row.told?.length) told.set(ids.length, [...row.told]);
      const at = ids.length % BLOCK_ROWS;
      if (at === 0) blocks.push(new Float64Array(BLOCK_ROWS * width));
      const cells = blocks[blocks.length - 1].subarray(at * width, (at + 1) * width);
      for (let f = 0; f < FIELDS.length; f++) cells[f] = event[FIELDS[f]];
      cells.set(event.entities, FIELDS.length);
      cells.set([fraud ? 1 : 0, labelledAt, card], FIELDS.length + entityTypes.length);
      ids.push(id);
    });
    const cellsOf = (row: number) => {
      const from = (row % BLOCK_ROWS) * width;
      return blocks[Math.floor(row / BLOCK_ROWS)].subarray(from, from + width);
    };
    const times = Float64Array.from(ids, (_, row) => cellsOf(row)[1]);
    const order = Uint32Array.from(ids.keys()).sort((a, b) => times[a] - times[b] || a - b);
    const row = blankRow(entityTypes);
    for (const index of order) {
      const cells = cellsOf(index);
      for (let f = 0; f < FIELDS.length; f++) row.event[FIELDS[f]] = cells[f];
      row.event.entities.set(cells.subarray(FIELDS.length, FIELDS.length + entityTypes.length));
      row.id = ids[index];
      row.fraud = cells[width - 3] === 1;
      row.labelledAt = cells[width - 2];
      row.card = cells[width - 1];
      row.told = told.get(index);
      onRow(row);
    }
    return summary;
  };
}
