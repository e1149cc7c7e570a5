/** What an ONNX file says of itself, read without a runtime. Field numbers are those of onnx.proto. */
import { refusal } from './foreign.ts';
import { type OnnxNode, readLabelConstants, readNodes } from './onnx-nodes.ts';
import { bytesField, type Field, fieldsOf, message, varintField } from './protobuf.ts';

export interface OnnxTensor {
  name: string;
  /** TensorProto.DataType; undefined for what is no tensor. */
  type: number | undefined;
  /** A word or undefined is a length that the caller chooses. undefined where the rank is unknown. */
  dims: (number | string | undefined)[] | undefined;
}

export interface OnnxFile {
  producer: string;
  /** By domain; '' is ai.onnx. */
  opsets: Record<string, number>;
  inputs: OnnxTensor[];
  outputs: OnnxTensor[];
  nodes: OnnxNode[];
  /** By name: constants that are words, or whole numbers in a list. */
  labels: Map<string, string[]>;
  metadata: Record<string, string>;
  /** Whether some constants lie in files beside it. */
  external: boolean;
}

const decoder = new TextDecoder();
const text = (field: Field | undefined) => decoder.decode(field?.bytes ?? new Uint8Array(0));
const first = (fields: Field[], number: number) => fields.find(({ field }) => field === number);
const all = (fields: Field[], number: number) => fields.filter(({ field }) => field === number);

/** Throws `invalid_request` where the bytes are not an ONNX model. */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const model = fieldsOf(bytes);
  const graphField = first(model, 7);
  if (!graphField) throw refusal('ONNX', 'the file holds no graph');
  const graph = fieldsOf(graphField.bytes);
  const tensors = all(graph, 5).map(({ bytes: tensor }) => fieldsOf(tensor));
  const constants = new Set(tensors.map((tensor) => text(first(tensor, 8))));
  return {
    producer: text(first(model, 2)),
    opsets: pairs(all(model, 8), (fields) => [text(first(fields, 1)), first(fields, 2)?.number ?? 0]),
    // Older files list constants among the inputs.
    inputs: all(graph, 11)
      .map(readValueInfo)
      .filter(({ name }) => !constants.has(name)),
    outputs: all(graph, 12).map(readValueInfo),
    nodes: readNodes(graph),
    labels: readLabelConstants(graph),
    metadata: pairs(all(model, 14), (fields) => [text(first(fields, 1)), text(first(fields, 2))]),
    // data_location is EXTERNAL.
    external: tensors.some((tensor) => first(tensor, 14)?.number === 1),
  };
}

function pairs<T>(list: Field[], read: (fields: Field[]) => [string, T]): Record<string, T> {
  return Object.fromEntries(list.map(({ bytes }) => read(fieldsOf(bytes))));
}

function readValueInfo({ bytes }: Field): OnnxTensor {
  const fields = fieldsOf(bytes);
  const name = text(first(fields, 1));
  const type = first(fields, 2);
  const tensor = type && first(fieldsOf(type.bytes), 1);
  if (!tensor) return { name, type: undefined, dims: undefined };
  const parts = fieldsOf(tensor.bytes);
  const shape = first(parts, 2);
  const dims =
    shape &&
    all(fieldsOf(shape.bytes), 1).map(({ bytes: dim }) => {
      const dimFields = fieldsOf(dim);
      const length = first(dimFields, 1)?.number;
      return length !== undefined && length > 0 ? length : text(first(dimFields, 2)) || undefined;
    });
  return { name, type: first(parts, 1)?.number, dims };
}

/**
 * scikit-learn's converters end classifiers with a ZipMap, which makes a list of dictionaries of the probabilities.
 * This takes it away, so that the probabilities themselves are an output. A file without one is returned as it is.
 */
export function withoutZipMap(bytes: Uint8Array): Uint8Array {
  const model = fieldsOf(bytes);
  const graphField = first(model, 7);
  const graph = graphField ? fieldsOf(graphField.bytes) : [];
  const zips = all(graph, 1).flatMap((node) => {
    const fields = fieldsOf(node.bytes);
    if (text(first(fields, 4)) !== 'ZipMap') return [];
    return [{ node, input: text(first(fields, 1)), output: text(first(fields, 2)) }];
  });
  if (zips.length === 0) return bytes;
  const parts = graph.map((field) => {
    if (zips.some(({ node }) => node === field)) return new Uint8Array(0);
    const zip = field.field === 12 ? zips.find(({ output }) => output === readValueInfo(field).name) : undefined;
    if (!zip) return copyField(field);
    const float = bytesField(2, bytesField(1, varintField(1, 1)));
    return bytesField(12, message(bytesField(1, zip.input), float));
  });
  const changed = message(...parts);
  return message(...model.map((field) => (field === graphField ? bytesField(7, changed) : copyField(field))));
}

/** Models and graphs hold numbers and messages only. */
function copyField({ field, number, bytes }: Field): Uint8Array {
  return Number.isNaN(number) ? bytesField(field, bytes) : varintField(field, number);
}
