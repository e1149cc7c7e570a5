/**
 * Binning by a team, a group of four features at a time.
 *
 * The first thread has the columns, and copies those of the last groups into shared memory while the others start. Then
 * it takes groups from the first on and the others from the last back, until all are taken; each group is worked out
 * from its own columns alone, so it does not matter who did it.
 */
import type { Dataset } from '../dataset.ts';
import { type BinOptions, fillBytes, findCuts } from './bins.ts';
import { CUTS_STRIDE, type Space } from './space.ts';

/** What other threads are lent. Cloning it shares the memory. */
export interface LentColumns {
  /** By group: */
  states: Int32Array;
  /** By feature, undefined for those that are not lent: training rows, then validation rows. */
  columns: (Float64Array | undefined)[];
  validation: (Float64Array | undefined)[];
}

/** Not lent, or not copied yet. */
const KEPT = 0;
const FREE = 1;
const TAKEN = 2;

/** Bytes of columns that are lent at most. */
const LENT_BYTES = 2 ** 29;

/** Room for the columns of as many of the last groups as are the other threads' share. */
export function lendColumns(features: number, rows: number, validationRows: number, threads: number): LentColumns {
  const groups = Math.ceil(features / 4);
  const groupBytes = 4 * 8 * (rows + validationRows);
  const lent = Math.min(Math.floor((groups * (threads - 1)) / threads), Math.floor(LENT_BYTES / groupBytes));
  const columns = (length: number) =>
    Array.from({ length: features }, (_, feature) =>
      feature >> 2 >= groups - lent ? new Float64Array(new SharedArrayBuffer(8 * length)) : undefined,
    );
  return {
    states: new Int32Array(new SharedArrayBuffer(4 * groups)),
    columns: columns(rows),
    validation: columns(validationRows),
  };
}

/** Copies the columns that others may take, the last first. */
export function copyColumns({ states, ...lent }: LentColumns, train: Dataset, validation: Dataset | undefined): void {
  for (let group = states.length - 1; group >= 0 && lent.columns[4 * group]; group--) {
    for (let feature = 4 * group; feature < Math.min(4 * group + 4, train.columns.length); feature++) {
      lent.columns[feature]!.set(train.columns[feature]);
      if (validation) lent.validation[feature]!.set(validation.columns[feature]);
    }
    Atomics.store(states, group, FREE);
  }
}

/** Bins what others have not taken: the first thread's part. */
export function binAsFirst(
  space: Space,
  train: Dataset,
  validation: Dataset | undefined,
  options: BinOptions,
  lent?: LentColumns,
): void {
  for (let group = 0; group < space.groups.length; group++) {
    if (lent && Atomics.exchange(lent.states, group, TAKEN) === TAKEN) break;
    binGroup(space, group, train.columns, validation?.columns, options);
  }
}

/** Bins what is lent and not taken yet. */
export function binAsOther(space: Space, { states, columns, validation }: LentColumns, options: BinOptions): void {
  const later = space.validation ? (validation as Float64Array[]) : undefined;
  for (let group = states.length - 1; group >= 0; group--) {
    const state = Atomics.compareExchange(states, group, FREE, TAKEN);
    if (state === KEPT) break;
    if (state === FREE) binGroup(space, group, columns as Float64Array[], later, options);
  }
}

function binGroup(
  space: Space,
  group: number,
  columns: Float64Array[],
  validation: Float64Array[] | undefined,
  options: BinOptions,
): void {
  for (let feature = 4 * group; feature < Math.min(4 * group + 4, columns.length); feature++) {
    const cuts = findCuts(columns[feature], space.labels, options);
    space.cutCounts[feature] = cuts.length;
    space.cuts.set(cuts, feature * CUTS_STRIDE);
    fillBytes(columns[feature], cuts, space.groups[group], feature & 3);
    if (validation) fillBytes(validation[feature], cuts, space.validation!.groups[group], feature & 3);
  }
}

/** Every feature's cuts, when all groups are binned. */
export function cutsOf({ cutCounts, cuts }: Space): Float64Array[] {
  return Array.from(cutCounts, (count, feature) => cuts.slice(feature * CUTS_STRIDE, feature * CUTS_STRIDE + count));
}
