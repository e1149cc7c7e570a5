/** Operators of an ONNX graph and the lists of labels among its constants. Field numbers are those of onnx.proto. */
import { type Field, fieldsOf } from './protobuf.ts';

export interface OnnxNode {
  type: string;
  inputs: string[];
  outputs: string[];
  /** An attribute that is a word. */
  word(name: string): string | undefined;
  /** An attribute that is a list of words or of whole numbers, as words. */
  list(name: string): string[] | undefined;
}

const decoder = new TextDecoder();
const textOf = (field: Field | undefined) => decoder.decode(field?.bytes ?? new Uint8Array(0));
const first = (fields: Field[], number: number) => fields.find(({ field }) => field === number);
const all = (fields: Field[], number: number) => fields.filter(({ field }) => field === number);

export function readNodes(graph: Field[]): OnnxNode[] {
  return all(graph, 1).map(({ bytes }) => {
    const node = fieldsOf(bytes);
    const attributes = new Map(
      all(node, 5).map(({ bytes: attribute }) => {
        const fields = fieldsOf(attribute);
        return [textOf(first(fields, 1)), fields] as const;
      }),
    );
    return {
      type: textOf(first(node, 4)),
      inputs: all(node, 1).map(textOf),
      outputs: all(node, 2).map(textOf),
      word: (name) => {
        const field = first(attributes.get(name) ?? [], 4);
        return field && textOf(field);
      },
      list: (name) => {
        const fields = attributes.get(name);
        const values = fields && [...all(fields, 9).map(textOf), ...wholeNumbers(all(fields, 8))];
        return values && values.length > 0 ? values : undefined;
      },
    };
  });
}

/** A repeated whole number is written one by one, or all packed into one field. */
function wholeNumbers(fields: Field[]): string[] {
  return fields.flatMap(({ number, bytes }) => (Number.isNaN(number) ? varints(bytes) : [String(number)]));
}

function varints(bytes: Uint8Array): string[] {
  const values: string[] = [];
  let [value, shift] = [0n, 0n];
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(String(BigInt.asIntN(64, value)));
    [value, shift] = [0n, 0n];
  }
  return values;
}

/** TensorProto.DataType of what labels are. */
const INT32 = 6;
const INT64 = 7;
const STRING = 8;

/** By name: constants that are words, or whole numbers in a list. */
export function readLabelConstants(graph: Field[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { bytes } of all(graph, 5)) {
    const tensor = fieldsOf(bytes);
    const type = first(tensor, 2)?.number;
    if (type !== INT32 && type !== INT64 && type !== STRING) continue;
    const raw = first(tensor, 9)?.bytes;
    const values = raw?.length
      ? rawNumbers(raw, type)
      : type === STRING
        ? all(tensor, 6).map(textOf)
        : wholeNumbers(all(tensor, type === INT64 ? 7 : 5));
    found.set(textOf(first(tensor, 8)), values);
  }
  return found;
}

function rawNumbers(raw: Uint8Array, type: number): string[] {
  const copy = raw.slice().buffer;
  if (type === INT64) return Array.from(new BigInt64Array(copy, 0, Math.floor(raw.length / 8)), String);
  return Array.from(new Int32Array(copy, 0, Math.floor(raw.length / 4)), String);
}
