/** Builds ONNX files: constants and operators one after another. Field numbers are those of onnx.proto. */
import { bytesField, floatField, message, packedFloats, packedInts, varintField } from './protobuf.ts';

/** What the files state that a runtime must know: ONNX 1.12, ONNX Runtime 1.12 and later. */
export const OPSET = 17;
export const ML_OPSET = 3;
const IR_VERSION = 8;
export const ML_DOMAIN = 'ai.onnx.ml';

/** TensorProto.DataType. */
export const ELEMENT = { float: 1, int32: 6, int64: 7, bool: 9, double: 11 } as const;

export type Attribute =
  | { int: number }
  | { float: number }
  | { text: string }
  | { ints: ArrayLike<number> }
  | { floats: Float32Array }
  | { texts: string[] };

type Numbers = Float32Array | Float64Array | BigInt64Array;

export interface Graph {
  /** A constant tensor, its type that of the array; returns its name. */
  constant(values: Numbers, dims: number[]): string;
  /** An operator with one output, whose name is returned, or given as `output`. */
  op(type: string, inputs: string[], attributes?: Record<string, Attribute>, output?: string): string;
  finish(inputs: TensorInfo[], outputs: TensorInfo[], facts: ModelFacts): Uint8Array;
}

export interface TensorInfo {
  name: string;
  type: number;
  /** A word is a length that the caller chooses. */
  dims: (number | string)[];
}

export interface ModelFacts {
  name: string;
  producer: string;
  description: string;
  metadata: Record<string, string>;
}

export function createGraph(): Graph {
  const nodes: Uint8Array[] = [];
  const constants: Uint8Array[] = [];
  return {
    constant(values, dims) {
      const name = `constant_${constants.length}`;
      constants.push(tensor(name, values, dims));
      return name;
    },
    op(type, inputs, attributes = {}, output) {
      const name = output ?? `${type}_${nodes.length}`;
      const domain = type.startsWith('TreeEnsemble') ? [bytesField(7, ML_DOMAIN)] : [];
      nodes.push(
        message(
          ...inputs.map((input) => bytesField(1, input)),
          bytesField(2, name),
          bytesField(3, `${type}_${nodes.length}`),
          bytesField(4, type),
          ...Object.entries(attributes).map(([key, value]) => bytesField(5, attribute(key, value))),
          ...domain,
        ),
      );
      return name;
    },
    finish(inputs, outputs, facts) {
      const graph = message(
        ...nodes.map((node) => bytesField(1, node)),
        bytesField(2, facts.name),
        ...constants.map((constant) => bytesField(5, constant)),
        ...inputs.map((input) => bytesField(11, valueInfo(input))),
        ...outputs.map((output) => bytesField(12, valueInfo(output))),
      );
      return message(
        varintField(1, IR_VERSION),
        bytesField(2, facts.producer),
        bytesField(6, facts.description),
        bytesField(7, graph),
        bytesField(8, message(bytesField(1, ''), varintField(2, OPSET))),
        bytesField(8, message(bytesField(1, ML_DOMAIN), varintField(2, ML_OPSET))),
        ...Object.entries(facts.metadata).map(([key, value]) =>
          bytesField(14, message(bytesField(1, key), bytesField(2, value))),
        ),
      );
    },
  };
}

function tensor(name: string, values: Numbers, dims: number[]): Uint8Array {
  const type =
    values instanceof Float32Array ? ELEMENT.float : values instanceof Float64Array ? ELEMENT.double : ELEMENT.int64;
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(
    ...dims.map((dim) => varintField(1, dim)),
    varintField(2, type),
    bytesField(8, name),
    bytesField(9, raw),
  );
}

function attribute(name: string, value: Attribute): Uint8Array {
  const of = (type: number, ...fields: Uint8Array[]) => message(bytesField(1, name), ...fields, varintField(20, type));
  if ('int' in value) return of(2, varintField(3, value.int));
  if ('float' in value) return of(1, floatField(2, value.float));
  if ('text' in value) return of(3, bytesField(4, value.text));
  if ('ints' in value) return of(7, packedInts(8, value.ints));
  if ('floats' in value) return of(6, packedFloats(7, value.floats));
  return of(8, ...value.texts.map((text) => bytesField(9, text)));
}

function valueInfo({ name, type, dims }: TensorInfo): Uint8Array {
  const shape = message(
    ...dims.map((dim) => bytesField(1, typeof dim === 'number' ? varintField(1, dim) : bytesField(2, dim))),
  );
  const tensorType = message(varintField(1, type), bytesField(2, shape));
  return message(bytesField(1, name), bytesField(2, bytesField(1, tensorType)));
}
