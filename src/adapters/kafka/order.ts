/**
 * The total order: assay.order holds records {v: 1, p, w, r: [[source, from, to], …], s?: {k, b, n}}, ranges of offsets that
 * stand next, both ends included, over `p` sources. Every reader folds them in the topic's order and ignores the part of a range that it has already,
 * so several writers need no fence: all readers agree. Sources are gapless, so sequence n ↔ (source, offset) is arithmetic.
 *
 * `s` says, now and then, what its writer had folded: before the order's offset `k`, the next sequence is `b` and the next
 * offset of each source `n`. What was folded up to `k` is the same for all, so a reader may begin there.
 */
export interface OrderState {
  /** Offset of the next record of the order to fold. */
  k: number;
  /** Sequence of the next record. */
  b: number;
  /** Next offset of each source. */
  n: number[];
}

/** What one range added: sequences `base` … `base + to - from` are the offsets `from` … `to` of a source. */
export interface Segment {
  base: number;
  source: number;
  from: number;
  to: number;
}

export interface OrderRecord {
  /** Who wrote it. */
  writer: string;
  ranges: [source: number, from: number, to: number][];
  snapshot?: OrderState;
}

export const FIRST_STATE = (sources: number): OrderState => ({ k: 0, b: 1, n: new Array<number>(sources).fill(0) });

export const copyOf = ({ k, b, n }: OrderState): OrderState => ({ k, b, n: [...n] });

export function encodeOrder({ writer, ranges, snapshot }: OrderRecord, sources: number): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, p: sources, w: writer, r: ranges, s: snapshot }));
}

/** How many sources a record of the order is about; undefined where it is none. */
export function sourcesOf(value: Buffer | null): number | undefined {
  try {
    return JSON.parse(value?.toString() ?? '').p;
  } catch {
    return undefined;
  }
}

/** Undefined where it is none: every reader then ignores it. */
export function decodeOrder(value: Buffer | null, sources: number): OrderRecord | undefined {
  try {
    const { v, p, w, r, s } = JSON.parse(value?.toString() ?? '');
    const whole = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
    const isRange = (x: unknown) =>
      Array.isArray(x) && x.length === 3 && x.every(whole) && x[0] < sources && x[1] <= x[2];
    if (v !== 1 || p !== sources || typeof w !== 'string' || !Array.isArray(r) || !r.every(isRange)) return undefined;
    if (s !== undefined && !(whole(s.k) && whole(s.b) && s.n?.length === sources && s.n.every(whole))) return undefined;
    return { writer: w, ranges: r, ...(s ? { snapshot: s } : {}) };
  } catch {
    return undefined;
  }
}

/** Adds what is new in a record to the state, and says what that was. A range that leaves a gap is ignored: no writer makes one. */
export function foldOrder(state: OrderState, record: OrderRecord | undefined, offset: number): Segment[] {
  state.k = offset + 1;
  const segments: Segment[] = [];
  for (const [source, from, to] of record?.ranges ?? []) {
    const next = state.n[source];
    if (to < next || from > next) continue;
    segments.push({ base: state.b, source, from: next, to });
    state.b += to - next + 1;
    state.n[source] = to + 1;
  }
  return segments;
}
