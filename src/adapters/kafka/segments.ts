import type { Segment } from './order.ts';

/** The newest part of the order, in memory: where a sequence stands, and which sequence a position has. */
export interface Segments {
  push(segment: Segment): void;
  /** The segment that holds a sequence. */
  at(sequence: number): Segment | undefined;
  sequenceOf(source: number, offset: number): number | undefined;
  /** First sequence that is held; Infinity where none is. */
  readonly first: number;
}

const MAX_SEGMENTS = 65_536;

export function createSegments(): Segments {
  let all: Segment[] = [];
  let bySource: Segment[][] = [];

  /** The last segment whose `property` is not beyond a value. */
  function below(segments: Segment[], property: 'base' | 'from', value: number): Segment | undefined {
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (segments[middle][property] <= value) low = middle + 1;
      else high = middle;
    }
    return segments[low - 1];
  }

  function add(segment: Segment): void {
    all.push(segment);
    (bySource[segment.source] ??= []).push(segment);
  }

  return {
    push(segment) {
      add(segment);
      if (all.length <= MAX_SEGMENTS) return;
      const kept = all.slice(MAX_SEGMENTS / 2);
      all = [];
      bySource = [];
      for (const one of kept) add(one);
    },
    at(sequence) {
      const segment = below(all, 'base', sequence);
      return segment && sequence <= segment.base + segment.to - segment.from ? segment : undefined;
    },
    sequenceOf(source, offset) {
      const segment = below(bySource[source] ?? [], 'from', offset);
      return segment && offset <= segment.to ? segment.base + offset - segment.from : undefined;
    },
    get first() {
      return all[0]?.base ?? Number.POSITIVE_INFINITY;
    },
  };
}
