import { unreadable } from './decoded.ts';

/** How Confluent's serializers name the schema: by number before the value, or by GUID in a header. */
export interface Frame {
  schema: number | string;
  /** After the schema's name; Protobuf has the message's place in the schema before it. */
  rest: Buffer;
  /** That place, where it came in the header. */
  indexes?: number[];
}

const HEADER = '__value_schema_id';
const PREFIX_BYTES = 5;
const GUID_BYTES = 17;

/** Undefined where there is no such frame. */
export function frameOf(value: Buffer, header: Buffer | undefined): Frame | undefined {
  if (header && header.length >= GUID_BYTES && header[0] === 1) {
    const hex = header.subarray(1, GUID_BYTES).toString('hex');
    const schema = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const more = header.subarray(GUID_BYTES);
    return { schema, rest: value, ...(more.length > 0 ? { indexes: readIndexes(more).indexes } : {}) };
  }
  if (header && header.length >= PREFIX_BYTES && header[0] === 0) {
    const more = header.subarray(PREFIX_BYTES);
    return {
      schema: header.readUInt32BE(1),
      rest: value,
      ...(more.length > 0 ? { indexes: readIndexes(more).indexes } : {}),
    };
  }
  if (value[0] !== 0 || value.length < PREFIX_BYTES) return undefined;
  return { schema: value.readUInt32BE(1), rest: value.subarray(PREFIX_BYTES) };
}

export { HEADER as SCHEMA_HEADER };

/** Zigzag numbers: how many, and each; a lone zero is the first message. */
export function readIndexes(bytes: Buffer): { indexes: number[]; rest: Buffer } {
  let at = 0;
  const next = () => {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28)
        throw unreadable('A Protobuf message whose place in its schema is cut off.');
      const byte = bytes[at++];
      number += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return (number >>> 1) ^ -(number & 1);
    }
  };
  const count = next();
  if (count < 0 || count > 32) throw unreadable('A Protobuf message whose place in its schema makes no sense.');
  const indexes = count === 0 ? [0] : Array.from({ length: count }, next);
  return { indexes, rest: bytes.subarray(at) };
}
