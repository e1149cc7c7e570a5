/** The wire format of protocol buffers, as far as ONNX needs it. https://protobuf.dev/programming-guides/encoding/ */
import { refusal } from './foreign.ts';

const encoder = new TextEncoder();

/** A message is the concatenation of its fields. */
export function message(...fields: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    out.set(field, at);
    at += field.length;
  }
  return out;
}

/** A whole number, also a negative one, within ±2^53. */
export function varintField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field << 3), ...varint(value)]);
}

export function floatField(field: number, value: number): Uint8Array {
  return message(Uint8Array.from(varint((field << 3) | 5)), new Uint8Array(Float32Array.of(value).buffer));
}

export function bytesField(field: number, data: Uint8Array | string): Uint8Array {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  return message(Uint8Array.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes);
}

export function packedInts(field: number, values: ArrayLike<number>): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < values.length; i++) for (const byte of varint(values[i])) bytes.push(byte);
  return bytesField(field, Uint8Array.from(bytes));
}

export function packedFloats(field: number, values: Float32Array): Uint8Array {
  return bytesField(field, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Seven bits a byte, the lowest first; negative numbers as 64-bit two's complement. */
function varint(value: number): number[] {
  if (value < 0 || value > 0x7fffffff) return bigVarint(BigInt.asUintN(64, BigInt(value)));
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

function bigVarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

/** One field as it was read: a number (varint), or the bytes of anything else. */
export interface Field {
  field: number;
  number: number;
  bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The fields of a message, in their order. Throws `invalid_request` where the bytes are not one. */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const bad = () => refusal('ONNX', 'the file is damaged, or not ONNX');
  const next = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) throw bad();
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw bad();
  };
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && at + length <= bytes.length)) throw bad();
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = next();
    const field = Math.floor(tag / 8);
    if (!(field >= 1)) throw bad();
    switch (tag & 7) {
      case 0:
        fields.push({ field, number: next(), bytes: NOTHING });
        break;
      case 1:
        fields.push({ field, number: Number.NaN, bytes: take(8) });
        break;
      case 2:
        fields.push({ field, number: Number.NaN, bytes: take(next()) });
        break;
      case 5:
        fields.push({ field, number: Number.NaN, bytes: take(4) });
        break;
      default:
        throw bad();
    }
  }
  return fields;
}
