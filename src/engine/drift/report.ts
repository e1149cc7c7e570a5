import { compare, type Difference, type DriftState, type SeriesReport } from './compare.ts';
import { dailyScore } from './daily.ts';
import { type Dispersion, dispersionOf } from './dispersion.ts';
import { BLOCK_MS, BLOCKS_A_WEEK, blockOf, type History } from './history.ts';
import { createSeries, createWeighed, merge, type Series } from './series.ts';
import { evidenceOfShare, evidenceOfValues } from './significance.ts';
import { VOLUME, volumeOf } from './volume.ts';

export interface ScoreReport {
  psi: number | null;
  /** Today's mean against the mean of up to 30 daily means, in their deviations; null below seven days. */
  meanShiftSigmas: number | null;
  today: number | null;
  mean: number | null;
  deviation: number | null;
  days: number;
  state: DriftState;
}

export interface DriftReport {
  baseline: { kind: 'own' | 'learning'; from: number | null; to: number; weeks: number };
  window: { from: number; to: number };
  score: ScoreReport;
  features: SeriesReport[];
  /** Outcomes, volume and what is looked at by country, channel and merchant. */
  others: SeriesReport[];
}

export const SCORE = 'score';
const WEEKS = 4;
/** Of the window, of the weeks before it, and of a week that is held against the others. */
const ENOUGH = 8;
const ENOUGH_OF_A_WEEK = 50;
const ENOUGH_BEFORE = 200;
/** Custom: above 0.25 a distribution has shifted. */
const SHIFTED = 0.25;
const MISSING_SHIFT = 0.05;
const DOUBLED = 2;
/** How many times more than its own weeks among themselves. */
const BEYOND_WEEKS = 3;
/** Of false alarms a look at everything, before what it takes in effect: there are thousands of looks a day, most of them at the same. */
const ALPHA = 2e-5;
/** An hour of the past counts at most so many times what it would if all hours were alike. */
const MOST_WEIGHT = 4;
/** Of an hour that is to say since when. */
const SOME = 20;

/** What the window was, and the same hours of each of the weeks before, by name. */
interface Sums {
  now: Map<string, Series>;
  weeks: Map<string, Series>[];
}

/**
 * How the window of so many hours that ends with `now` differs from the same hours of the four weeks before it. An hour of the past
 * counts by how many payments the window has of it: so the hour that runs is compared with its like, and a rush at one hour is none
 * of what is paid at it.
 */
export function reportOf(history: History, now: number, blocks: number): DriftReport {
  const shift = Math.ceil(blocks / BLOCKS_A_WEEK) * BLOCKS_A_WEEK;
  const window = Array.from({ length: blocks }, (_, i) => blockOf(now) - i);
  const weekOf = (i: number) => window.map((block) => block - shift - i * BLOCKS_A_WEEK);
  const since = history.since;
  const isKnown = (week: number[]) => since !== undefined && Math.min(...week) >= blockOf(since);
  const weeks = Array.from({ length: WEEKS }, (_, i) => weekOf(i));
  const whole = weeks.filter(isKnown);
  const isOwn = whole.length === WEEKS;
  const sums = sumsOf(history, window, isOwn ? weeks : whole.length > 0 ? whole : weeks);
  const names = [...sums.now.keys()].filter((name) => name !== SCORE).sort();
  const looks = names.length + 1;
  const dispersion = isOwn ? lastDispersion(history, blockOf(now)) : undefined;
  const least = (name: string) => (dispersion?.(name) ?? 1) * Math.log((2 * looks) / ALPHA);
  const seriesOf = (name: string): SeriesReport => {
    const current = sums.now.get(name) ?? createSeries();
    const parts = sums.weeks.map((week) => week.get(name) ?? createWeighed());
    const then = createWeighed();
    for (const part of parts) merge(then, part);
    const difference = compare(current, then);
    const state = isOwn ? stateOf(name, current, then, parts, difference, least(name)) : 'learning';
    return { name, ...difference, state, ...(state === 'drifted' ? { since: sinceWhen(history, name, window) } : {}) };
  };
  const all = names.map(seriesOf);
  const volume = volumeOf(history, window, isOwn ? weeks : undefined);
  return {
    baseline: {
      kind: isOwn ? 'own' : 'learning',
      from: whole.length > 0 ? Math.min(...whole.flat()) * BLOCK_MS : null,
      to: (Math.max(...weeks.flat()) + 1) * BLOCK_MS,
      weeks: whole.length,
    },
    window: { from: Math.min(...window) * BLOCK_MS, to: now },
    score: { ...dailyScore(history, SCORE, now), ...ofScore(seriesOf(SCORE)) },
    features: all.filter(({ name }) => !/^[@#]/.test(name)),
    others: [...(volume ? [volume] : []), ...all.filter(({ name }) => /^[@#]/.test(name) && name !== VOLUME)],
  };
}

const ofScore = ({ psi, state }: SeriesReport) => ({ psi, state });

function sumsOf(history: History, window: number[], weeks: number[][]): Sums {
  const now = new Map<string, Series>();
  const before = weeks.map(() => new Map<string, Series>());
  const of = (sums: Map<string, Series>, name: string, make: () => Series) => {
    let series = sums.get(name);
    if (!series) sums.set(name, (series = make()));
    return series;
  };
  const weights = weightsOf(history, window, weeks);
  for (const [i, block] of window.entries()) {
    history.addTo(block, (name) => of(now, name, createSeries));
    if (weights[i] > 0)
      for (const [week, sums] of before.entries())
        history.addTo(weeks[week][i], (name) => of(sums, name, createWeighed), weights[i]);
  }
  return { now, weeks: before };
}

/** Of each hour of the weeks before: at most 1, so that nothing of the past counts for more than it was. */
function weightsOf(history: History, window: number[], weeks: number[][]): number[] {
  const rows = window.map((block) => history.rows(block));
  const known = window.map((_, i) => weeks.reduce((sum, week) => sum + history.rows(week[i]), 0));
  const total = (all: number[]) => all.reduce((sum, one) => sum + one, 0);
  const usual = total(rows) / Math.max(1, total(known));
  const ratios = rows.map((count, i) => (known[i] > 0 ? Math.min(count / known[i], MOST_WEIGHT * usual) : 0));
  const most = Math.max(...ratios);
  return ratios.map((ratio) => (most > 0 ? ratio / most : 1));
}

/** Measured once an hour: it takes a day's hours of four weeks. */
const measured = new WeakMap<History, { block: number; of: Dispersion }>();
function lastDispersion(history: History, block: number): Dispersion {
  const last = measured.get(history);
  if (last?.block === block) return last.of;
  const of = dispersionOf(history, block, WEEKS);
  measured.set(history, { block, of });
  return of;
}

/** `least`: nats of evidence beyond which chance is ruled out. */
function stateOf(
  name: string,
  now: Series,
  then: Series,
  weeks: Series[],
  told: Difference,
  least: number,
): DriftState {
  if (rowsOf(now) < ENOUGH || rowsOf(then) < ENOUGH_BEFORE) return 'few';
  return name.startsWith('#') ? ofShare(now, then, weeks, least) : ofValues(now, then, weeks, told, least);
}

const rowsOf = ({ count, missing }: Series) => count + missing;

function ofValues(now: Series, then: Series, weeks: Series[], told: Difference, least: number): DriftState {
  const among = amongWeeks(weeks, 0, (week, others) =>
    rowsOf(week) < ENOUGH_OF_A_WEEK || rowsOf(others) < ENOUGH_OF_A_WEEK ? 0 : (compare(week, others).psi ?? 0),
  );
  const isFar = told.distance !== null && evidenceOfValues(now, then, told.distance) > least;
  const gone = Math.abs((told.missing.now ?? 0) - (told.missing.then ?? 0));
  const isGone = gone > MISSING_SHIFT && evidenceOfShare(now.missing, rowsOf(now), then.missing, rowsOf(then)) > least;
  const isShifted = (told.psi ?? 0) > Math.max(SHIFTED, BEYOND_WEEKS * among);
  return isShifted && (isFar || isGone) ? 'drifted' : 'stable';
}

/** How far a week is from the others at most: what grows from week to week, such as days since an event, has not drifted. */
function amongWeeks(weeks: Series[], none: number, far: (week: Series, others: Series) => number): number {
  const distances = weeks.map((week) => {
    const others = createWeighed();
    for (const other of weeks) if (other !== week) merge(others, other);
    return far(week, others);
  });
  return Math.max(none, ...distances);
}

/** Of what is so or not, such as declined: a share that doubled or halved, by more than its own weeks among themselves do. */
function ofShare(now: Series, then: Series, weeks: Series[], least: number): DriftState {
  const among = amongWeeks(weeks, 1, (week, others) => (week.count < ENOUGH_OF_A_WEEK ? 1 : ratioOf(week, others)));
  const isFar = evidenceOfShare(now.sum, now.count, then.sum, then.count) > least;
  return isFar && ratioOf(now, then) > Math.max(DOUBLED, among ** 2) ? 'drifted' : 'stable';
}

/** How many times the one share is the other, whichever is greater; one payment more of each, so that none is 0. */
function ratioOf(a: Series, b: Series): number {
  const ratio = (a.sum + 1) / (a.count + 1) / ((b.sum + 1) / (b.count + 1));
  return Math.max(ratio, 1 / ratio);
}

/** Back from now, hour by hour, as long as each is unlike the same of the weeks before; hours with next to nothing say neither. */
function sinceWhen(history: History, name: string, window: number[]): number {
  let first = window[0];
  for (const block of window) {
    const series = history.sum(name, [block]);
    if (rowsOf(series) < SOME) continue;
    const before = Array.from({ length: WEEKS }, (_, i) => block - (i + 1) * BLOCKS_A_WEEK);
    const { psi } = compare(series, history.sum(name, before));
    if (psi === null || psi < SHIFTED) break;
    first = block;
  }
  return first * BLOCK_MS;
}
