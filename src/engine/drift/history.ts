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

/** What decisions were like by quarter of a day, for six weeks. */
export interface History {
  /** `values`: by the name of what is looked at; NaN is missing. */
  take(at: number, values: Iterable<readonly [name: string, value: number]>): void;
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

  return {
    take(at, values) {
      const block = open(blockOf(at));
      if (!block) return;
      for (const [name, value] of values) {
        let series = block.series.get(name);
        if (!series) {
          if (name.startsWith(SEGMENT) && segmentsIn(block) >= MOST_SEGMENTS) continue;
          block.series.set(name, (series = createSeries()));
        }
        add(series, value);
      }
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
