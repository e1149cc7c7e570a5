import { add, createSeries, merge, type Series } from './series.ts';

export const BLOCK_MS = 6 * 3_600_000;
export const BLOCKS_A_DAY = 4;
export const BLOCKS_A_WEEK = 28;
/** Five weeks: the one that is looked at, four to compare it with, and the block that is not over. */
const KEPT_BLOCKS = 5 * BLOCKS_A_WEEK + BLOCKS_A_WEEK + 1;
/** Series of countries, channels and merchants of a block; what comes later in it counts to none of them. */
const MOST_SEGMENTS = 60;

/** A quarter of a day, from midnight UTC. */
export interface Block {
  /** Its number since 1970. */
  number: number;
  series: Map<string, Series>;
}

/** The series of a vector's names in the block where they were looked up last. */
interface Row {
  block: Block;
  names: readonly string[];
  series: Series[];
}

/** What decisions were like by quarter of a day, for six weeks. */
export interface History {
  /** `values`: by the name of what is looked at; NaN is missing. */
  take(at: number, values: Iterable<readonly [name: string, value: number]>): void;
  /** The same of a vector, by names that are one array for all vectors of a kind: they are looked up once a block. */
  takeVector(at: number, names: readonly string[], vector: Float64Array): void;
  /** One series of all that some blocks have under a name. */
  sum(name: string, blocks: Iterable<number>): Series;
  names(blocks: Iterable<number>): string[];
  /** Milliseconds: the first block that is known; undefined where there is none. */
  readonly since: number | undefined;
  blocks(): Iterable<Block>;
  /** Puts back a block that was saved. */
  put(block: Block): void;
}

export const blockOf = (at: number): number => Math.floor(at / BLOCK_MS);

/** What the name of a series of a segment begins with. */
export const SEGMENT = '@';

export function createHistory(): History {
  const blocks = new Map<number, Block>();
  let newest = 0;
  let row: Row | undefined;

  function open(number: number): Block | undefined {
    const found = blocks.get(number);
    if (found) return found;
    // What is told so late belongs to no window that is looked at any more.
    if (number < newest - KEPT_BLOCKS) return undefined;
    const made: Block = { number, series: new Map() };
    blocks.set(number, made);
    if (number > newest) {
      newest = number;
      for (const old of blocks.keys()) if (old < newest - KEPT_BLOCKS) blocks.delete(old);
    }
    return made;
  }

  function seriesOf(block: Block, name: string): Series | undefined {
    let series = block.series.get(name);
    if (!series) {
      if (name.startsWith(SEGMENT) && segmentsIn(block) >= MOST_SEGMENTS) return undefined;
      block.series.set(name, (series = createSeries()));
    }
    return series;
  }

  function rowOf(block: Block, names: readonly string[]): Series[] {
    if (row?.block !== block || row.names !== names)
      row = { block, names, series: names.map((name) => seriesOf(block, name)!) };
    return row.series;
  }

  return {
    take(at, values) {
      const block = open(blockOf(at));
      if (!block) return;
      for (const [name, value] of values) {
        const series = seriesOf(block, name);
        if (series) add(series, value);
      }
    },
    takeVector(at, names, vector) {
      const block = open(blockOf(at));
      if (!block) return;
      const series = rowOf(block, names);
      for (let i = 0; i < series.length; i++) add(series[i], vector[i]);
    },
    sum(name, numbers) {
      const all = createSeries();
      for (const number of numbers) {
        const series = blocks.get(number)?.series.get(name);
        if (series) merge(all, series);
      }
      return all;
    },
    names(numbers) {
      const names = new Set<string>();
      for (const number of numbers) for (const name of blocks.get(number)?.series.keys() ?? []) names.add(name);
      return [...names];
    },
    get since() {
      const first = Math.min(...blocks.keys());
      return Number.isFinite(first) ? first * BLOCK_MS : undefined;
    },
    blocks: () => blocks.values(),
    put(block) {
      const open_ = open(block.number);
      if (open_) open_.series = block.series;
      row = undefined;
    },
  };
}

const segments = new WeakMap<Block, number>();

/** Counted once for each new name. */
function segmentsIn(block: Block): number {
  const count = segments.get(block) ?? 0;
  segments.set(block, count + 1);
  return count;
}
