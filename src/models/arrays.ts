/** Typed arrays in one binary body, little endian, each beginning at a multiple of eight; a layout says what lies where. */
import { AssayError } from '../domain/errors.ts';

export type NumberArray = Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array;

const TYPES = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;
type TypeName = keyof typeof TYPES;

export interface ArrayPlace {
  name: string;
  type: TypeName;
  /** Bytes from the start of the body. */
  offset: number;
  /** Elements. */
  length: number;
}

/** Lays arrays one after another in the order given; gaps are zero, so equal arrays make equal bytes. */
export function packArrays(arrays: Record<string, NumberArray>): { layout: ArrayPlace[]; body: Uint8Array } {
  const layout: ArrayPlace[] = [];
  let size = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const type = (Object.keys(TYPES) as TypeName[]).find((key) => array instanceof TYPES[key])!;
    layout.push({ name, type, offset: size, length: array.length });
    size += Math.ceil(array.byteLength / 8) * 8;
  }
  const body = new Uint8Array(size);
  for (const { name, offset } of layout) {
    const array = arrays[name];
    body.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
  }
  return { layout, body };
}

/** Reads `name` as `type`, copied so that it is aligned. Throws `invalid_request` where the layout or body do not fit. */
export function unpackArray<T extends TypeName>(
  layout: ArrayPlace[],
  body: Uint8Array,
  name: string,
  type: T,
): InstanceType<(typeof TYPES)[T]> {
  const place = layout.find((entry) => entry.name === name);
  if (!place) throw new AssayError('invalid_request', `model body: array "${name}" is missing`);
  if (place.type !== type)
    throw new AssayError('invalid_request', `model body: "${name}" is ${place.type}, not ${type}`);
  const bytes = place.length * TYPES[type].BYTES_PER_ELEMENT;
  const fits =
    Number.isSafeInteger(place.offset) && Number.isSafeInteger(place.length) && place.offset >= 0 && place.length >= 0;
  if (!fits || place.offset + bytes > body.byteLength) {
    throw new AssayError('invalid_request', `model body: "${name}" lies outside of ${body.byteLength} bytes`);
  }
  return new TYPES[type](body.slice(place.offset, place.offset + bytes).buffer) as InstanceType<(typeof TYPES)[T]>;
}
