/**
 * Memory for the columns of many small profiles: pieces of large slabs instead of one typed array each, which costs
 * microseconds and some hundred bytes to make and makes the garbage collector walk them. A profile that grows gives its
 * piece back for the next one of that size. What is in a piece is undefined; `count` says what is valid.
 */
export interface Pool {
  /** A piece of `cells` cells. */
  take(cells: number): Piece;
  /** The piece may be handed out again. */
  give(columns: Float64Array, offset: number, cells: number): void;
}

export interface Piece {
  columns: Float64Array;
  offset: number;
}

const SLAB_CELLS = 131_072;
/** Of the first slab; each is twice the one before. */
const FIRST_SLAB_CELLS = 8_192;

export function createPool(): Pool {
  const free = new Map<number, Piece[]>();
  let slab = new Float64Array(0);
  let used = 0;
  return {
    take(cells) {
      const returned = free.get(cells)?.pop();
      if (returned !== undefined) return returned;
      if (cells > SLAB_CELLS / 8) return { columns: new Float64Array(cells), offset: 0 };
      if (used + cells > slab.length) {
        const wanted = Math.max(FIRST_SLAB_CELLS, 2 * slab.length, 8 * cells);
        slab = new Float64Array(Math.min(SLAB_CELLS, wanted));
        used = 0;
      }
      used += cells;
      return { columns: slab, offset: used - cells };
    },
    give(columns, offset, cells) {
      const list = free.get(cells);
      if (list === undefined) free.set(cells, [{ columns, offset }]);
      else list.push({ columns, offset });
    },
  };
}
