import type { Event, LabelCode } from '../../domain/event.ts';
import { AMOUNT, ID, LABEL, type Layout, TIME } from '../../profiles/layout.ts';
import { mix } from '../../profiles/profile.ts';

/**
 * A row of a profile, as a member of its sorted set: cells of 8 bytes, so that ties in time order by id.
 *
 *   id (big-endian double) | time | amount | the layout's columns after the label | label cell   (little-endian doubles)
 *
 * An event or a label on its way to the script, ahead of a row without its label cell:
 *
 *   kind u8 (0: event, 1: fraud, 2: legitimate) | offset f64 | partition u16 | mix(id, time) u32 | mix(id, 1) u32 | mix(id, 2) u32
 */
const HEAD_BYTES = 23;
/** A label's row ends with the amount. */
const LABEL_ROW_BYTES = 24;

export function packEvent(layout: Layout, event: Event, partition: number, offset: number): Buffer {
  const packed = Buffer.allocUnsafe(HEAD_BYTES + 8 * (layout.width - 1));
  packHead(packed, 0, event, partition, offset);
  const set = (column: number, value: number) => {
    if (column >= 0) packed.writeDoubleLE(value, HEAD_BYTES + 8 * (column - 1));
  };
  set(layout.country, event.country);
  set(layout.category, event.category);
  set(layout.channel, event.channel);
  set(layout.location, event.location);
  set(layout.latitude, event.latitude);
  set(layout.longitude, event.longitude);
  for (let type = 0; type < layout.entities.length; type++) set(layout.entities[type], event.entities[type]);
  return packed;
}

export function packLabel(event: Event, code: LabelCode, partition: number, offset: number): Buffer {
  const packed = Buffer.allocUnsafe(HEAD_BYTES + LABEL_ROW_BYTES);
  packHead(packed, code, event, partition, offset);
  return packed;
}

function packHead(packed: Buffer, kind: number, event: Event, partition: number, offset: number): void {
  const { id, time } = event;
  packed[0] = kind;
  packed.writeDoubleLE(offset, 1);
  packed.writeUInt16LE(partition, 9);
  packed.writeUInt32LE(mix(id, time) >>> 0, 11);
  packed.writeUInt32LE(mix(id, 1) >>> 0, 15);
  packed.writeUInt32LE(mix(id, 2) >>> 0, 19);
  packed.writeDoubleBE(id, HEAD_BYTES);
  packed.writeDoubleLE(time, HEAD_BYTES + 8);
  packed.writeDoubleLE(event.amount, HEAD_BYTES + 16);
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
