import type { Outcome } from '../../domain/decision.ts';
import type { LabelState } from '../../domain/label-state.ts';
import { COSTS, createMoney, type Money } from './money.ts';
import { type Rows, SEGMENTS, type SegmentField } from './tally.ts';

export type Outcomes = Record<Outcome, number>;

/** By what is known of their truth. `legitimate` holds those that are only presumed to be; `presumed` says how many. */
export interface Known {
  fraud: number;
  legitimate: number;
  presumed: number;
  unknown: number;
}

export interface RuleResult extends Known {
  id: string;
  hits: number;
  /** Decisions that it alone made what they are; of one in shadow: that it would have. */
  alone: number;
  /** Of the hits whose truth is known, those it was right about: fraud, for a rule that approves legitimate; null without any. */
  precision: number | null;
  /** 95%, Wilson's. */
  interval: [low: number, high: number] | null;
  /** Base currency, of all hits. */
  amount: number;
}

export interface BacktestResult {
  decisions: number;
  /** RFC 3339, of the first and the last decision; null without any. */
  from: string | null;
  to: string | null;
  was: Outcomes;
  would: Outcomes;
  moved: ({ from: Outcome; to: Outcome; count: number; amount: number } & Known)[];
  money: Money & { costs: typeof COSTS };
  rules: RuleResult[];
  series: { at: string; was: Outcomes; would: Outcomes; moved: number }[];
  segments: ({ field: SegmentField; value: string; decisions: number; moved: number; amount: number } & Known)[];
  samples: Sample[];
  degraded: { count: number; ids: readonly string[] };
  /** What was assumed. */
  notes: string[];
  approximate: string[];
}

/** A decision that changes sides. */
export interface Sample {
  id: string;
  at: string;
  amount: number | null;
  currency: string;
  from: Outcome;
  to: Outcome;
  labelState: LabelState;
  rules: string[];
}

export interface Picked {
  row: number;
  sample: Omit<Sample, 'id' | 'amount' | 'currency'>;
}

type Segment = BacktestResult['segments'][number];

const HOUR = 3_600_000;
const BUCKETS = [HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR];
const MOST_BUCKETS = 400;
const MOST_SEGMENTS = 10;

const none = (): Outcomes => ({ approve: 0, review: 0, decline: 0 });
const nothing = (): Known => ({ fraud: 0, legitimate: 0, presumed: 0, unknown: 0 });
const iso = (ms: number) => new Date(ms).toISOString();

export function count(known: Known, state: LabelState): void {
  if (state === 'fraud') known.fraud++;
  else if (state === 'legitimate' || state === 'presumed') known.legitimate++;
  else known.unknown++;
  if (state === 'presumed') known.presumed++;
}

/** Adds rows up, in turns: `next` takes in so many more; `result` once all are in. */
export interface Summing {
  readonly done: boolean;
  next(rows: number): void;
  result(samples: number): { result: Omit<BacktestResult, 'samples' | 'notes' | 'approximate'>; picked: Picked[] };
}

/** `outcomeOf`: what a rule of the tried policy would make of a payment. */
export function createSumming(
  rows: Rows,
  stateOf: (row: number) => LabelState,
  ruleIds: readonly string[],
  outcomeOf: (rule: string) => Outcome | undefined,
): Summing {
  const [was, would, money] = [none(), none(), createMoney()];
  const moved = new Map<string, BacktestResult['moved'][number]>();
  const rules = new Map(ruleIds.map((id) => [id, ruleResult(id)]));
  const series = new Map<number, BacktestResult['series'][number]>();
  const segments = SEGMENTS.map((field) => ({ field, ofWord: [] as Segment[] }));
  const movedRows: number[] = [];
  const length = rows.length;
  const [first, last] = length === 0 ? [0, 0] : [rows.at(0), rows.at(length - 1)];
  const bucketMs = BUCKETS.find((ms) => (last - first) / ms <= MOST_BUCKETS) ?? (last - first) / MOST_BUCKETS;
  let next = 0;

  function take(row: number): void {
    const [before, after, amount] = [rows.was(row), rows.would(row), rows.amount(row) || 0];
    const state = stateOf(row);
    was[before]++;
    would[after]++;
    const bucket = Math.floor(rows.at(row) / bucketMs) * bucketMs;
    let point = series.get(bucket);
    if (!point) series.set(bucket, (point = { at: iso(bucket), was: none(), would: none(), moved: 0 }));
    point.was[before]++;
    point.would[after]++;
    rows.hits(row, (rule, alone) => {
      const one = rules.get(rows.rules[rule]);
      if (!one) return;
      one.hits++;
      one.amount += amount;
      if (alone) one.alone++;
      count(one, state);
    });
    const isMoved = before !== after;
    for (let i = 0; i < segments.length; i++) {
      const word = rows.segment(segments[i].field, row);
      if (word !== 0) segment(segments[i], word, amount, isMoved, state);
    }
    if (!isMoved) return;
    movedRows.push(row);
    point.moved++;
    money.add(before, after, amount, state, rows.wasControl(row));
    const name = `${before} ${after}`;
    let sides = moved.get(name);
    if (!sides) moved.set(name, (sides = { from: before, to: after, count: 0, amount: 0, ...nothing() }));
    sides.count++;
    sides.amount += amount;
    count(sides, state);
  }

  function segment(
    { field, ofWord }: (typeof segments)[number],
    word: number,
    amount: number,
    isMoved: boolean,
    state: LabelState,
  ): void {
    let one = ofWord[word];
    if (!one)
      ofWord[word] = one = { field, value: rows.word(field, word), decisions: 0, moved: 0, amount: 0, ...nothing() };
    one.decisions++;
    if (!isMoved) return;
    one.moved++;
    one.amount += amount;
    count(one, state);
  }

  return {
    get done() {
      return next >= length;
    },
    next(more) {
      for (const end = Math.min(length, next + more); next < end; next++) take(next);
    },
    result(samples) {
      const picked = spread(movedRows, samples).map((row): Picked => {
        const ids: string[] = [];
        rows.hits(row, (rule) => ids.push(rows.rules[rule]));
        const [from, to] = [rows.was(row), rows.would(row)];
        return { row, sample: { at: iso(rows.at(row)), from, to, labelState: stateOf(row), rules: ids } };
      });
      const result = {
        decisions: length,
        ...(length === 0 ? { from: null, to: null } : { from: iso(first), to: iso(last) }),
        ...{ was, would },
        moved: [...moved.values()].sort((a, b) => b.count - a.count).map(rounded),
        money: { ...money.result(), costs: COSTS },
        rules: [...rules.values()].map((rule) => rounded(withPrecision(rule, outcomeOf(rule.id)))),
        series: [...series.values()].sort((a, b) => (a.at < b.at ? -1 : 1)),
        segments: segments.flatMap(({ ofWord }) => largest(ofWord.filter((one) => one !== undefined))),
        degraded: rows.degraded,
      };
      return { result, picked };
    },
  };
}

const ruleResult = (id: string): RuleResult => ({
  ...{ id, hits: 0, alone: 0, ...nothing() },
  ...{ precision: null, interval: null, amount: 0 },
});

const largest = (all: Segment[]) =>
  all
    .sort((a, b) => b.moved - a.moved || b.decisions - a.decisions)
    .slice(0, MOST_SEGMENTS)
    .map(rounded);

/** Sums of money without the dust of adding doubles. */
const cents = (amount: number) => Math.round(amount * 100) / 100;
const rounded = <T extends { amount: number }>(one: T): T => ({ ...one, amount: cents(one.amount) });

export function withPrecision<T extends Known>(
  rule: T,
  outcome: Outcome | undefined,
): T & Pick<RuleResult, 'precision' | 'interval'> {
  const total = rule.fraud + rule.legitimate;
  const right = outcome === 'approve' ? rule.legitimate : rule.fraud;
  return total === 0
    ? { ...rule, precision: null, interval: null }
    : { ...rule, precision: right / total, interval: wilson(right, total) };
}

/** The 95% interval of a share (E. B. Wilson, 1927): it holds for small counts too. */
export function wilson(hits: number, total: number): [low: number, high: number] {
  const z = 1.959963984540054;
  const p = hits / total;
  const middle = p + (z * z) / (2 * total);
  const half = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  // Exactly 0 and 1 at the ends, where rounding leaves some 1e-17.
  return [hits === 0 ? 0 : (middle - half) / scale, hits === total ? 1 : (middle + half) / scale];
}

/** So many of them, evenly over time, the newest first. */
function spread(rows: readonly number[], most: number): number[] {
  const wanted = Math.min(most, rows.length);
  return Array.from({ length: wanted }, (_, i) => rows[Math.floor(((wanted - 1 - i) * rows.length) / wanted)]);
}
