import type { Event, Word } from '../../domain/event.ts';
import { TRUTHS, truthBit } from '../../profiles/cell.ts';
import { mix } from '../../profiles/hash.ts';
import { AMOUNT, ID, LABEL, type Layout, TIME } from '../../profiles/layout.ts';

/**
 * A row of a profile, as a member of its sorted set: cells of 8 bytes, so that ties in time order by id.
 *
 *   id (big-endian double) | time | amount | the layout's columns after the label | label cell   (little-endian doubles)
 *
 * What a record teaches, on its way to the script:
 *
 *   head   kind u8 | mix(id, time) u32 | mix(id, bit) u32 of each of `TRUTHS` | id | time | amount
 *   said   of a label: its words, each voice, time (doubles), source, rank, code (u8); of an outcome: its index among `TRUTHS`
 *   row    of each profile: as above, without the label cell; empty unless it is an event
 */
export const KIND_EVENT = 0;
export const KIND_LABEL = 1;
export const KIND_OUTCOME = 2;
const MIXES_BYTES = 5 + 4 * TRUTHS.length;
const START_BYTES = 24;
const WORD_BYTES = 19;

export function packHead(event: Event, kind: number): Buffer {
  const { id, time } = event;
  const packed = Buffer.allocUnsafe(MIXES_BYTES + START_BYTES);
  packed[0] = kind;
  packed.writeUInt32LE(mix(id, time) >>> 0, 1);
  for (let t = 0; t < TRUTHS.length; t++) packed.writeUInt32LE(mix(id, truthBit(t)) >>> 0, 5 + 4 * t);
  packStart(packed, MIXES_BYTES, event);
  return packed;
}

export function packWords(words: readonly Word[]): Buffer {
  const packed = Buffer.allocUnsafe(WORD_BYTES * words.length);
  for (const [i, { voice, time, source, rank, code }] of words.entries()) {
    const at = WORD_BYTES * i;
    packed.writeDoubleLE(voice, at);
    packed.writeDoubleLE(time, at + 8);
    packed.set([source, rank, code], at + 16);
  }
  return packed;
}

export function packRow(layout: Layout, event: Event): Buffer {
  const packed = Buffer.allocUnsafe(8 * (layout.width - 1));
  packStart(packed, 0, event);
  const set = (column: number, value: number) => {
    if (column >= 0) packed.writeDoubleLE(value, 8 * (column - 1));
  };
  set(layout.country, event.country);
  set(layout.category, event.category);
  set(layout.channel, event.channel);
  set(layout.location, event.location);
  set(layout.latitude, event.latitude);
  set(layout.longitude, event.longitude);
  for (let type = 0; type < layout.entities.length; type++) set(layout.entities[type], event.entities[type]);
  for (const { column, read } of layout.own) set(column, read(event));
  return packed;
}

function packStart(packed: Buffer, at: number, event: Event): void {
  packed.writeDoubleBE(event.id, at);
  packed.writeDoubleLE(event.time, at + 8);
  packed.writeDoubleLE(event.amount, at + 16);
}

/** The cells of rows that follow each other, in an array of their own: see `cellOf`. */
export function unpackRows(rows: Buffer): Float64Array {
  const bytes = new Uint8Array(rows.length);
  bytes.set(rows);
  return new Float64Array(bytes.buffer);
}

/** Where a column lies in a row's cells. */
export function cellOf(column: number, width: number): number {
  if (column === ID) return 0;
  if (column === TIME) return 1;
  if (column === AMOUNT) return 2;
  return column === LABEL ? width - 1 : column - 1;
}

/** Big-endian ids become numbers. */
export function turnIds(rows: Buffer, cells: Float64Array, width: number): void {
  for (let at = 0; at < cells.length; at += width) cells[at] = rows.readDoubleBE(8 * at);
}
