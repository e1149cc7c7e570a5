/**
 * Where profiles go that nobody asked for lately, each as the cells of its record in a snapshot. A cache of the log and no more: it
 * begins empty, and is filled from the snapshot and the journal. What was put stays until it is put anew.
 */
export interface ColdStore {
  /** Begins with the cells that were put last, and may be longer; undefined where there are none. Valid until the next call. */
  get(type: number, key: number): Float64Array | undefined;
  /** All that `work` puts is there, or it throws and all is as it was. */
  atOnce(work: () => void): void;
  /** Within `atOnce`: the first `count` of the cells, which are taken over now. */
  put(type: number, key: number, cells: Float64Array, count: number): void;
  /** Every record, while others are put: what is put meanwhile comes or not. */
  records(): Iterable<Float64Array>;
  clear(): void;
}
