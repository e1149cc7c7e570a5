/**
 * Numbers of a column in the narrowest of five forms that gives every one back, NaN and the sign of zero too:
 *
 *   one     all are the same: no bytes, the number stands in the head
 *   u8, u16 whole numbers below 255 or 65,535; the largest code is NaN
 *   f32     doubles that are floats
 *   f64     any
 */
export const FORMS = ['one', 'u8', 'u16', 'f32', 'f64'] as const;
export type Form = (typeof FORMS)[number];

const WIDTHS: Readonly<Record<Form, number>> = { one: 0, u8: 1, u16: 2, f32: 4, f64: 8 };

export interface Packed {
  form: Form;
  /** Where all are the same: null is NaN. */
  value?: number | null;
  bytes: Uint8Array;
}

/** -0 is a number that JSON cannot say, and no whole number of a code. */
function isCode(value: number, below: number): boolean {
  return value >= 0 && value < below && Number.isInteger(value) && !Object.is(value, -0);
}

export function pack(values: Float64Array): Packed {
  let [one, u8, u16, f32] = [!Object.is(values[0], -0) && Math.abs(values[0]) !== Infinity, true, true, true];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (one && !Object.is(value, values[0])) one = false;
    if (Number.isNaN(value)) continue;
    if (u8 && !isCode(value, 0xff)) u8 = false;
    if (u16 && !u8 && !isCode(value, 0xffff)) u16 = false;
    if (f32 && Math.fround(value) !== value) f32 = false;
  }
  if (one) return { form: 'one', value: Number.isNaN(values[0]) ? null : values[0], bytes: new Uint8Array(0) };
  if (u8) return { form: 'u8', bytes: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0xff : value)) };
  if (u16)
    return { form: 'u16', bytes: bytesOf(Uint16Array.from(values, (value) => (Number.isNaN(value) ? 0xffff : value))) };
  return f32
    ? { form: 'f32', bytes: bytesOf(Float32Array.from(values)) }
    : { form: 'f64', bytes: bytesOf(values.slice()) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Float32Array | Uint16Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

export const packedBytes = (form: Form, rows: number): number => WIDTHS[form] * rows;

/** The numbers again, as doubles in an array of their own. `at` is a multiple of 8 in `source`. */
export function unpack(form: Form, value: number | null | undefined, source: Uint8Array, at: number, rows: number) {
  const values = new Float64Array(rows);
  const { buffer, byteOffset } = source;
  const begins = byteOffset + at;
  if (form === 'one') values.fill(value ?? Number.NaN);
  else if (form === 'u8') codes(values, new Uint8Array(buffer, begins, rows), 0xff);
  else if (form === 'u16') codes(values, new Uint16Array(buffer, begins, rows), 0xffff);
  else values.set(form === 'f32' ? new Float32Array(buffer, begins, rows) : new Float64Array(buffer, begins, rows));
  return values;
}

function codes(values: Float64Array, from: Uint8Array | Uint16Array, absent: number): void {
  for (let i = 0; i < values.length; i++) values[i] = from[i] === absent ? Number.NaN : from[i];
}
