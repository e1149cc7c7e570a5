/**
 * The WASM module of the numeric kernels and the memory it works on. `assembly/` holds its source, `kernel.wasm` what
 * `npm run kernel:build` makes of it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the module exports; every argument named after an array is its byte address. See assembly/ for the contracts. */
export interface KernelExports {
  scoreRow(roots: number, depths: number, groups: number, row: number, base: number): number;
  scoreRows(
    roots: number,
    depths: number,
    trees: number,
    rows: number,
    blockBytes: number,
    count: number,
    out: number,
    base: number,
  ): void;
  addShapley(tree: number, trees: number, row: number, edges: number, sums: number): number;
  addWords(words: number, rows: number, from: number, to: number, pairs: number, out: number): void;
  addRange(words: number, from: number, to: number, pairs: number, out: number): void;
  addTwoWords(first: number, second: number, rows: number, from: number, to: number, pairs: number, out: number): void;
  addTwoRanges(first: number, second: number, from: number, to: number, pairs: number, out: number): void;
  addPairs(target: number, source: number, count: number): void;
  sumPairs(target: number, a: number, b: number, count: number): void;
  subtractPairs(target: number, source: number, count: number): void;
  expPairs(count: number, x: number, out: number): void;
  logisticBlock(
    from: number,
    to: number,
    scores: number,
    labels: number,
    weights: number,
    pairs: number,
    sums: number,
  ): number;
  packPairs(
    from: number,
    to: number,
    pairs: number,
    gradientRounder: number,
    hessianRounder: number,
    unit: number,
  ): void;
  partitionRows(bins: number, goesLeft: number, rows: number, from: number, to: number, spare: number): number;
  addToRows(rows: number, from: number, to: number, value: number, scores: number): void;
  scanBins(
    histogram: number,
    lastBin: number,
    first: number,
    unit: number,
    totals: number,
    minRows: number,
    minHessian: number,
    l2: number,
    parent: number,
    floor: number,
    out: number,
  ): number;
  addGram(rows: number, width: number, values: number, weights: number, out: number): void;
  matrixProduct(
    m: number,
    n: number,
    k: number,
    a: number,
    rowBytes: number,
    stepBytes: number,
    b: number,
    c: number,
    init: number,
    rectify: number,
  ): void;
  denseRow(n: number, k: number, x: number, b: number, out: number, init: number, rectify: number): void;
  columnSums(m: number, n: number, a: number, out: number): void;
  transpose(m: number, n: number, a: number, out: number): void;
  rectifyBack(count: number, d: number, y: number, scale: number): void;
  dropout(count: number, y: number, state: number, limit: number, scale: number): void;
  gatherRows(source: number, rows: number, count: number, rowBytes: number, out: number): void;
  adamStep(
    count: number,
    w: number,
    g: number,
    m: number,
    v: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decay: number,
  ): void;
}

/** One instance: the exports, and typed arrays in its memory. Arrays stay valid when the memory grows. */
export interface Kernel {
  run: KernelExports;
  /** Shared: a worker thread that is handed it can make its own instance over the same arrays. */
  memory: WebAssembly.Memory;
  /** Whether the array lies in this memory. */
  owns(array: ArrayBufferView): boolean;
  /** The byte address of an array that this kernel allocated. Throws for any other. */
  address(array: ArrayBufferView): number;
  /** Zeroed arrays, aligned to 16 bytes. Throws RangeError beyond 4 GB. */
  float64(length: number): Float64Array;
  float32(length: number): Float32Array;
  int32(length: number): Int32Array;
  uint32(length: number): Uint32Array;
  uint8(length: number): Uint8Array;
}

const PAGE = 65_536;
const MAXIMUM_PAGES = 65_536;

let compiled: WebAssembly.Module | undefined;

function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(join(import.meta.dirname, 'kernel.wasm')));
  return compiled;
}

/**
 * A new instance. With `memory` it works on that of another thread's instance, and then must not allocate: one thread
 * hands out addresses. But with `repeats` it allocates as that thread did: the same calls in the same order give the
 * same arrays. Memory is never given back but by dropping the whole instance.
 */
export function createKernel(memory?: WebAssembly.Memory, repeats = false): Kernel {
  const owned = memory === undefined;
  const store = memory ?? new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory: store } });
  // Address 0 stays unused: kernels read it as "none".
  let top = 16;
  // Growing makes a new buffer object over the same bytes, and V8 then makes one for every other shared memory of the
  // thread too; arrays keep the one they were made on.
  const buffers = new WeakSet<object>();
  const allocate = (bytes: number): number => {
    if (!owned && !repeats) throw new Error('only the thread that made the memory allocates in it');
    const address = top;
    top += Math.ceil(bytes / 16) * 16;
    const pages = Math.ceil(top / PAGE) - store.buffer.byteLength / PAGE;
    if (pages > 0 && !owned) throw new Error('the thread that made the memory has not allocated as much');
    if (top > PAGE * MAXIMUM_PAGES) throw new RangeError(`kernel memory: ${top} bytes are more than 4 GB`);
    if (pages > 0) store.grow(pages);
    return address;
  };
  const array = <T>(Type: TypedArray<T>, length: number): T => {
    const address = allocate(length * Type.BYTES_PER_ELEMENT);
    const { buffer } = store;
    buffers.add(buffer);
    return new Type(buffer, address, length);
  };
  return {
    run: instance.exports as unknown as KernelExports,
    memory: store,
    owns: (array) => buffers.has(array.buffer),
    address: (array) => {
      if (!buffers.has(array.buffer)) throw new Error('the array lies outside of the memory of this kernel');
      return array.byteOffset;
    },
    float64: (length) => array(Float64Array, length),
    float32: (length) => array(Float32Array, length),
    int32: (length) => array(Int32Array, length),
    uint32: (length) => array(Uint32Array, length),
    uint8: (length) => array(Uint8Array, length),
  };
}

interface TypedArray<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}
