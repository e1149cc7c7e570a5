/**
 * Runs ONNX files of the operators that Assay writes, in the plainest way: what the files mean, for tests that have no
 * runtime. Float32 results are rounded after every operator; running sums after every addition.
 */
import assert from 'node:assert/strict';
import { type Field, fieldsOf } from '../../src/models/formats/protobuf.ts';

interface Tensor {
  dims: number[];
  data: number[];
  float32: boolean;
}

interface Node {
  type: string;
  inputs: string[];
  output: string;
  attributes: Map<string, Field[]>;
}

const text = (field: Field) => new TextDecoder().decode(field.bytes);
const all = (fields: Field[], number: number) => fields.filter(({ field }) => field === number);

/** The outputs named, of rows of float32 features. */
export function evaluateOnnx(bytes: Uint8Array, rows: number[][], outputs: string[]): number[][] {
  const graph = fieldsOf(all(fieldsOf(bytes), 7)[0].bytes);
  const values = new Map<string, Tensor>();
  for (const { bytes: constant } of all(graph, 5)) {
    const [name, tensor] = readTensor(fieldsOf(constant));
    values.set(name, tensor);
  }
  values.set('features', { dims: [rows.length, rows[0].length], data: rows.flat().map(Math.fround), float32: true });
  for (const { bytes: node } of all(graph, 1)) {
    const { type, inputs, output, attributes } = readNode(fieldsOf(node));
    const operands = inputs.map((name) => values.get(name));
    assert.ok(
      operands.every((operand) => operand !== undefined),
      `${type} reads what is not there`,
    );
    const result =
      type === 'TreeEnsembleRegressor' ? trees(operands[0], attributes) : apply(type, operands, attributes);
    if (result.float32) result.data = result.data.map(Math.fround);
    values.set(output, result);
  }
  return outputs.map((name) => values.get(name)!.data);
}

function readTensor(fields: Field[]): [string, Tensor] {
  const raw = new Uint8Array(all(fields, 9)[0].bytes).buffer;
  const type = all(fields, 2)[0].number;
  const data = type === 1 ? new Float32Array(raw) : type === 11 ? new Float64Array(raw) : new BigInt64Array(raw);
  const dims = all(fields, 1).map(({ number }) => number);
  return [text(all(fields, 8)[0]), { dims, data: Array.from(data, Number), float32: type === 1 }];
}

function readNode(fields: Field[]): Node {
  const attributes = all(fields, 5).map(({ bytes }) => {
    const parts = fieldsOf(bytes);
    return [text(all(parts, 1)[0]), parts] as const;
  });
  return {
    type: text(all(fields, 4)[0]),
    inputs: all(fields, 1).map(text),
    output: text(all(fields, 2)[0]),
    attributes: new Map(attributes),
  };
}

const UNARY: Record<string, (x: number) => number> = {
  IsNaN: (x) => Number(Number.isNaN(x)),
  IsInf: (x) => Number(Math.abs(x) === Number.POSITIVE_INFINITY),
  Abs: Math.abs,
  Log: Math.log,
  Exp: Math.exp,
  Neg: (x) => -x,
  Sign: Math.sign,
  Relu: (x) => Math.max(0, x),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

const BINARY: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Or: (a, b) => a | b,
  And: (a, b) => a & b,
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  Equal: (a, b) => Number(a === b),
  LessOrEqual: (a, b) => Number(a <= b),
};

function apply(type: string, operands: (Tensor | undefined)[], attributes: Node['attributes']): Tensor {
  const [a, b, c] = operands as Tensor[];
  const int = (name: string) => all(attributes.get(name)!, 3)[0].number;
  if (UNARY[type]) return { ...a, data: a.data.map(UNARY[type]) };
  if (BINARY[type]) return elementwise([a, b], ([x, y]) => BINARY[type](x, y));
  switch (type) {
    case 'Where':
      return { ...elementwise([a, b, c], ([chosen, x, y]) => (chosen ? x : y)), float32: b.float32 };
    case 'Cast': {
      const to = int('to');
      return { ...a, data: to === 7 ? a.data.map(Math.trunc) : a.data, float32: to === 1 };
    }
    case 'Gather':
      return gather(a, b, int('axis'));
    case 'Concat':
      return concat(operands as Tensor[]);
    case 'MatMul':
      return product(a, b);
    case 'Gemm':
      return elementwise([product(a, b), c], ([x, y]) => x + y);
    case 'Unsqueeze':
      return { ...a, dims: a.dims.toSpliced(b.data[0], 0, 1) };
    case 'CumSum':
      return runningSums(a);
    default:
      throw new Error(`operator ${type} is not known here`);
  }
}

/** With broadcasting: dimensions count from the last one, and those of length 1 repeat. */
function elementwise(operands: Tensor[], of: (values: number[]) => number): Tensor {
  const rank = Math.max(...operands.map(({ dims }) => dims.length));
  const padded = operands.map(({ dims }) => [...new Array<number>(rank - dims.length).fill(1), ...dims]);
  const dims = Array.from({ length: rank }, (_, i) => Math.max(...padded.map((list) => list[i])));
  const size = dims.reduce((total, dim) => total * dim, 1);
  const data = Array.from({ length: size }, (_, at) => {
    const places = operands.map(() => 0);
    let rest = at;
    let strides = operands.map(() => 1);
    for (let i = rank - 1; i >= 0; i--) {
      const here = rest % dims[i];
      rest = Math.floor(rest / dims[i]);
      padded.forEach((list, k) => {
        if (list[i] > 1) places[k] += here * strides[k];
      });
      strides = strides.map((stride, k) => stride * padded[k][i]);
    }
    return of(operands.map((operand, k) => operand.data[places[k]]));
  });
  return { dims, data, float32: operands[0].float32 };
}

function gather(a: Tensor, indices: Tensor, axis: number): Tensor {
  const before = a.dims.slice(0, axis).reduce((total, dim) => total * dim, 1);
  const after = a.dims.slice(axis + 1).reduce((total, dim) => total * dim, 1);
  const data: number[] = [];
  for (let outer = 0; outer < before; outer++) {
    for (const index of indices.data) {
      assert.ok(index >= 0 && index < a.dims[axis], `index ${index} of ${a.dims[axis]}`);
      const from = (outer * a.dims[axis] + index) * after;
      data.push(...a.data.slice(from, from + after));
    }
  }
  return { dims: [...a.dims.slice(0, axis), ...indices.dims, ...a.dims.slice(axis + 1)], data, float32: a.float32 };
}

/** Of matrices, along the columns. */
function concat(parts: Tensor[]): Tensor {
  const rows = parts[0].dims[0];
  const data = Array.from({ length: rows }, (_, row) =>
    parts.flatMap(({ dims, data }) => data.slice(row * dims[1], (row + 1) * dims[1])),
  ).flat();
  return { dims: [rows, data.length / rows], data, float32: parts[0].float32 };
}

function product(a: Tensor, b: Tensor): Tensor {
  const [m, k, n] = [a.dims[0], a.dims[1], b.dims[1]];
  const data = Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a.data[Math.floor(at / n) * k + i] * b.data[i * n + (at % n)];
    return sum;
  });
  return { dims: [m, n], data, float32: a.float32 };
}

/** Of [rows, terms, columns], along the terms. */
function runningSums(a: Tensor): Tensor {
  const [, terms, columns] = a.dims;
  const data = a.data.slice();
  for (let at = 0; at < data.length; at++) {
    if (Math.floor(at / columns) % terms > 0) data[at] = Math.fround(data[at] + data[at - columns]);
  }
  return { ...a, data };
}

function trees(x: Tensor, attributes: Node['attributes']): Tensor {
  const ints = (name: string) => packedNumbers(all(attributes.get(name)!, 8)[0].bytes);
  const floats = (name: string) => new Float32Array(new Uint8Array(all(attributes.get(name)!, 7)[0].bytes).buffer);
  const [tree, id, feature, yes, no, missing] = [
    'nodes_treeids',
    'nodes_nodeids',
    'nodes_featureids',
    'nodes_truenodeids',
    'nodes_falsenodeids',
    'nodes_missing_value_tracks_true',
  ].map(ints);
  const threshold = floats('nodes_values');
  const modes = all(attributes.get('nodes_modes')!, 9).map(text);
  const nodeAt = new Map(tree.map((t, i) => [`${t} ${id[i]}`, i]));
  const weights = floats('target_weights');
  const leafTree = ints('target_treeids');
  const leafNode = ints('target_nodeids');
  const target = ints('target_ids');
  const leaves = new Map<string, [number, number]>();
  leafTree.forEach((t, i) => {
    const key = `${t} ${leafNode[i]}`;
    const both = leaves.get(key) ?? [0, 0];
    both[target[i]] += weights[i];
    leaves.set(key, both);
  });
  const data: number[] = [];
  for (let row = 0; row < x.dims[0]; row++) {
    const sums = [0, 0];
    for (const t of new Set(tree)) {
      let key = `${t} 0`;
      for (let node = nodeAt.get(key)!; modes[node] !== 'LEAF'; node = nodeAt.get(key)!) {
        const value = x.data[row * x.dims[1] + feature[node]];
        const isTrue = Number.isNaN(value) ? missing[node] === 1 : value <= threshold[node];
        key = `${t} ${isTrue ? yes[node] : no[node]}`;
      }
      leaves.get(key)!.forEach((weight, i) => {
        sums[i] = Math.fround(sums[i] + weight);
      });
    }
    data.push(...sums);
  }
  return { dims: [x.dims[0], 2], data, float32: true };
}

function packedNumbers(bytes: Uint8Array): number[] {
  const list: number[] = [];
  let [value, shift] = [0, 0];
  for (const byte of bytes) {
    value += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) {
      list.push(value);
      [value, shift] = [0, 0];
    }
  }
  return list;
}
