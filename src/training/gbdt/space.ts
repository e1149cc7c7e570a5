/**
 * The arrays of one training run, which all threads share. Every thread asks for them in the same order, and so gets
 * the same addresses: nothing but the memory itself and the sizes is handed over.
 */
import { BLOCK, SCRATCH_LENGTH } from '../../kernel/growth.ts';
import { type OwnMemory, ownMemory, SLOT_LENGTH } from './grower.ts';
import { type Allocator, FEATURE_STRIDE } from './histogram.ts';

export interface SpaceSizes {
  rows: number;
  features: number;
  /** Rows each tree sees. */
  sampled: number;
  weighted: boolean;
  validationRows: number;
  threads: number;
  maxLeaves: number;
}

export interface Space {
  /** 1 once training is over. */
  stop: Int32Array;
  /** How many cuts each feature has, and the cuts, CUTS_STRIDE numbers a feature. */
  cutCounts: Int32Array;
  cuts: Float64Array;
  groups: Int32Array[];
  labels: Uint8Array;
  weights: Float64Array | undefined;
  scores: Float64Array;
  pairs: Float64Array;
  sums: Float64Array;
  validation: { groups: Int32Array[]; scores: Float64Array } | undefined;
  histograms: Float64Array[];
  parts: Float64Array[];
  slots: Float64Array;
  own: OwnSpace[];
}

export interface OwnSpace extends OwnMemory {
  /** Rows that the tree is not grown on. */
  left: Int32Array;
  /** Validation rows, and room to part them. */
  later: Int32Array;
  scratch: Float64Array;
}

export const CUTS_STRIDE = 256;

/** The part of 0..count that is the thread's: from (included) to (not included). */
export function shareOf(count: number, thread: number, threads: number): { from: number; to: number } {
  return { from: Math.floor((count * thread) / threads), to: Math.floor((count * (thread + 1)) / threads) };
}

export function trainingSpace(make: Allocator, sizes: SpaceSizes): Space {
  const { rows, threads, validationRows } = sizes;
  const groups = Math.ceil(sizes.features / 4);
  const histogram = () => make.float64(groups * 4 * FEATURE_STRIDE);
  const times = <T>(count: number, array: () => T): T[] => Array.from({ length: count }, array);
  const most = (count: number) => Math.ceil(count / threads) + 1;
  return {
    stop: make.int32(1),
    cutCounts: make.int32(sizes.features),
    cuts: make.float64(sizes.features * CUTS_STRIDE),
    groups: times(groups, () => make.int32(rows)),
    labels: make.uint8(rows),
    weights: sizes.weighted ? make.float64(rows) : undefined,
    scores: make.float64(rows),
    pairs: make.float64(2 * rows),
    sums: make.float64(2 * Math.ceil(rows / BLOCK)),
    validation:
      validationRows > 0
        ? { groups: times(groups, () => make.int32(validationRows)), scores: make.float64(validationRows) }
        : undefined,
    // Alone, a grower makes them as it needs them.
    histograms: threads > 1 ? times(sizes.maxLeaves + 1, histogram) : [],
    parts: threads > 1 ? times(threads, histogram) : [],
    slots: make.float64(2 * threads * SLOT_LENGTH),
    own: times(threads, () => ({
      ...ownMemory(most(Math.max(sizes.sampled, rows - sizes.sampled, validationRows)), make),
      left: make.int32(most(rows - sizes.sampled)),
      later: make.int32(most(validationRows)),
      scratch: make.float64(SCRATCH_LENGTH),
    })),
  };
}
