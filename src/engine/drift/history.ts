import { type Packed, packed, rowsIn, unpackInto, unpackOne } from './packed.ts';
import { add, createSeries, merge, type Series } from './series.ts';

export const BLOCK_MS = 3_600_000;
export const BLOCKS_A_DAY = 24;
export const BLOCKS_A_WEEK = 168;
/** Five weeks: the one that is looked at, four to compare it with, and the block that is not over. */
const KEPT_BLOCKS = 5 * BLOCKS_A_WEEK + BLOCKS_A_WEEK + 1;
/** Series of countries, channels and merchants of a block; what comes later in it counts to none of them. */
const MOST_SEGMENTS = 60;
/** Blocks that stay open beside the newest: what comes late is seldom later than a day. */
const OPEN_BLOCKS = 24;

/** An hour, of UTC. */
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

/** What decisions were like by hour, for six weeks. */
export interface History {
  /** `values`: by the name of what is looked at; NaN is missing. */
  take(at: number, values: Iterable<readonly [name: string, value: number]>): void;
  /** The same of a vector, by names that are one array for all vectors of a kind: they are looked up once a block. */
  takeVector(at: number, names: readonly string[], vector: Float64Array): void;
  /** Decisions of a block. */
  rows(number: number): number;
  /** Adds what a block has, so many times, to the series that is asked for by its name; undefined: to none. */
  addTo(number: number, into: (name: string) => Series | undefined, times?: number): void;
  /** One series of all that some blocks have under a name. */
  sum(name: string, blocks: Iterable<number>): Series;
  /** Milliseconds: the first block that is known; undefined where there is none. */
  readonly since: number | undefined;
  blocks(): Iterable<Block>;
  /** Adds a block: one that was saved, or another process's of the same hour. */
  add(block: Block): void;
}

export const blockOf = (at: number): number => Math.floor(at / BLOCK_MS);

/** What the name of a series of a segment begins with. */
export const SEGMENT = '@';

export function createHistory(): History {
  /** The newest hours, and those that something late came to; the others are packed. */
  const open = new Map<number, Block>();
  const closed = new Map<number, Packed>();
  let newest = 0;
  let row: Row | undefined;
  let last: Packed | undefined;

  function opened(number: number): Block | undefined {
    const found = open.get(number);
    if (found) return found;
    // What is told so late belongs to no window that is looked at any more.
    if (number < newest - KEPT_BLOCKS) return undefined;
    const block: Block = { number, series: unpacked(number) };
    closed.delete(number);
    open.set(number, block);
    if (number > newest) newest = number;
    tidy(number);
    return block;
  }

  function unpacked(number: number): Map<string, Series> {
    const series = new Map<string, Series>();
    const bytes = closed.get(number);
    if (bytes)
      unpackInto(bytes, (name) => {
        const made = createSeries();
        series.set(name, made);
        return made;
      });
    return series;
  }

  function tidy(but: number): void {
    for (const block of open.values()) {
      if (block.number >= newest - OPEN_BLOCKS || block.number === but) continue;
      open.delete(block.number);
      last = packed(block.series, last);
      closed.set(block.number, last);
    }
    for (const number of closed.keys()) if (number < newest - KEPT_BLOCKS) closed.delete(number);
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

  function addTo(number: number, into: (name: string) => Series | undefined, times = 1): void {
    const bytes = closed.get(number);
    if (bytes) unpackInto(bytes, into, times);
    for (const [name, series] of open.get(number)?.series ?? []) {
      const to = into(name);
      if (to) merge(to, series, times);
    }
  }

  const numbers = () => [...open.keys(), ...closed.keys()];

  return {
    take(at, values) {
      const block = opened(blockOf(at));
      if (!block) return;
      for (const [name, value] of values) {
        const series = seriesOf(block, name);
        if (series) add(series, value);
      }
    },
    takeVector(at, names, vector) {
      const block = opened(blockOf(at));
      if (!block) return;
      const series = rowOf(block, names);
      for (let i = 0; i < series.length; i++) add(series[i], vector[i]);
    },
    rows(number) {
      const block = open.get(number);
      return block ? rowsIn(block.series) : (closed.get(number)?.rows ?? 0);
    },
    addTo,
    sum(name, blocks) {
      const all = createSeries();
      for (const number of blocks) {
        const [bytes, series] = [closed.get(number), open.get(number)?.series.get(name)];
        if (bytes) unpackOne(bytes, name, all);
        else if (series) merge(all, series);
      }
      return all;
    },
    get since() {
      const first = Math.min(...numbers());
      return Number.isFinite(first) ? first * BLOCK_MS : undefined;
    },
    *blocks() {
      for (const number of numbers().sort((a, b) => a - b))
        yield { number, series: open.get(number)?.series ?? unpacked(number) };
    },
    add({ number, series }) {
      const block = opened(number);
      if (!block) return;
      for (const [name, part] of series) {
        const own = seriesOf(block, name);
        if (own) merge(own, part);
      }
    },
  };
}

const segments = new WeakMap<Block, number>();

/** Counted once for each new name. */
function segmentsIn(block: Block): number {
  const count = segments.get(block) ?? [...block.series.keys()].filter((name) => name.startsWith(SEGMENT)).length;
  segments.set(block, count + 1);
  return count;
}
