import { compare, type Difference, significantDistance, significantMean, significantShare } from './compare.ts';
import { BLOCK_MS, BLOCKS_A_DAY, BLOCKS_A_WEEK, blockOf, type History } from './history.ts';
import { createSeries, meanOf, merge, type Series } from './series.ts';

/** `learning`: less than four weeks are known before the window. `few`: too few decisions to say anything. */
export type DriftState = 'stable' | 'drifted' | 'learning' | 'few';

export interface SeriesReport extends Difference {
  name: string;
  state: DriftState;
  /** Milliseconds: the start of the first of the blocks in a row that are unlike what was. */
  since?: number;
}

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
const ENOUGH = 200;
/** Custom: above 0.25 a distribution has shifted. */
const SHIFTED = 0.25;
const MISSING_SHIFT = 0.05;
const DOUBLED = 2;
/** How many times more than its own weeks among themselves. */
const BEYOND_WEEKS = 3;
/** Of false alarms a look at everything, before what it takes in effect. */
const ALPHA = 0.001;
/** How long before its end a block is taken for whole: drift is looked at once a minute. */
const NEARLY_MS = 60_000;
const DAYS = 30;
const FEWEST_DAYS = 7;
/** The operator's rule. */
export const NOTICE_SIGMAS = 2;

/** The newest block that is over. */
export const lastWholeBlock = (now: number): number => blockOf(now + NEARLY_MS) - 1;

/** How the window of so many blocks that ends with `now` differs from the same parts of the four weeks before it. */
export function reportOf(history: History, now: number, blocks: number, names?: readonly string[]): DriftReport {
  const shift = Math.ceil(blocks / BLOCKS_A_WEEK) * BLOCKS_A_WEEK;
  const windowOf = (last: number) => Array.from({ length: blocks }, (_, i) => last - i);
  const weeksOf = (window: number[]) =>
    Array.from({ length: WEEKS }, (_, i) => window.map((block) => block - shift - i * BLOCKS_A_WEEK));
  const window = windowOf(blockOf(now));
  const weeks = weeksOf(window);
  // A block that is not over holds other hours than those of the weeks before: figures show it, a state does not rest on it.
  const over = windowOf(lastWholeBlock(now));
  const weeksOfOver = weeksOf(over);
  const since = history.since;
  const whole = weeks.filter((week) => since !== undefined && Math.min(...week) >= blockOf(since));
  const known = whole.length > 0 ? whole : weeks;
  const isOwn = whole.length === WEEKS;
  const looked = (names ?? history.names(window)).filter((name) => name !== SCORE).sort();
  const looks = looked.length + 1;
  const seriesOf = (name: string): SeriesReport => {
    const now = history.sum(name, window);
    const then = history.sum(name, known.flat());
    const difference = compare(now, then);
    const state = isOwn ? stateOverWhole(name) : 'learning';
    return { name, ...difference, state, ...(state === 'drifted' ? { since: sinceWhen(name) } : {}) };
  };
  const stateOverWhole = (name: string): DriftState => {
    const parts = weeksOfOver.map((week) => history.sum(name, week));
    const [now, then] = [history.sum(name, over), history.sum(name, weeksOfOver.flat())];
    return isShare(name) ? stateOfShare(now, then, parts, looks) : stateOf(now, then, parts, compare(now, then), looks);
  };
  /** Back from now, block by block, as long as each is unlike the same of the weeks before. */
  const sinceWhen = (name: string): number => {
    let first = over[0];
    for (const block of over) {
      const series = history.sum(name, [block]);
      const before = history.sum(
        name,
        [1, 2, 3, 4].map((week) => block - week * BLOCKS_A_WEEK),
      );
      const { psi } = compare(series, before);
      if (series.count + series.missing < ENOUGH / BLOCKS_A_DAY || psi === null || psi < SHIFTED) break;
      first = block;
    }
    return first * BLOCK_MS;
  };
  const all = looked.map(seriesOf);
  return {
    baseline: {
      kind: isOwn ? 'own' : 'learning',
      from: whole.length > 0 ? Math.min(...whole.flat()) * BLOCK_MS : null,
      to: (Math.max(...weeks.flat()) + 1) * BLOCK_MS,
      weeks: whole.length,
    },
    window: { from: Math.min(...window) * BLOCK_MS, to: now },
    score: scoreOf(history, now, seriesOf(SCORE)),
    features: all.filter(({ name }) => !/^[@#]/.test(name)),
    others: all.filter(({ name }) => /^[@#]/.test(name)),
  };
}

function stateOf(now: Series, then: Series, weeks: Series[], told: Difference, looks: number): DriftState {
  const rows = (series: Series) => series.count + series.missing;
  if (rows(now) < ENOUGH || rows(then) < ENOUGH) return 'few';
  const among = amongWeeks(weeks, 0, (week, others) =>
    rows(week) < ENOUGH || rows(others) < ENOUGH ? 0 : (compare(week, others).psi ?? 0),
  );
  const isFar = told.distance !== null && told.distance > significantDistance(now, then, ALPHA, looks);
  const gone = Math.abs((told.missing.now ?? 0) - (told.missing.then ?? 0));
  const isGone = gone > Math.max(MISSING_SHIFT, significantShare(now, then, ALPHA, looks));
  const isShifted = (told.psi ?? 0) > Math.max(SHIFTED, BEYOND_WEEKS * among);
  return isShifted && (isFar || isGone) ? 'drifted' : 'stable';
}

/** How far a week is from the others at most: what grows from week to week, such as days since an event, has not drifted. */
function amongWeeks(weeks: Series[], none: number, far: (week: Series, others: Series) => number): number {
  const distances = weeks.map((week) => {
    const others = createSeries();
    for (const other of weeks) if (other !== week) merge(others, other);
    return far(week, others);
  });
  return Math.max(none, ...distances);
}

/** Of what is so or not, such as declined: a share that doubled or halved, by more than its own weeks among themselves do. */
function stateOfShare(now: Series, then: Series, weeks: Series[], looks: number): DriftState {
  if (now.count < ENOUGH || then.count < ENOUGH) return 'few';
  const among = amongWeeks(weeks, 1, (week, others) => (week.count < ENOUGH ? 1 : ratioOf(week, others)));
  const isFar = Math.abs(now.sum / now.count - then.sum / then.count) > significantMean(now, then, ALPHA, looks);
  return isFar && ratioOf(now, then) > Math.max(DOUBLED, among ** 2) ? 'drifted' : 'stable';
}

/** How many times the one share is the other, whichever is greater; one payment more of each, so that none is 0. */
function ratioOf(a: Series, b: Series): number {
  const ratio = (a.sum + 1) / (a.count + 1) / ((b.sum + 1) / (b.count + 1));
  return Math.max(ratio, 1 / ratio);
}

/** Of the 30 days before today, those that are known. */
function scoreOf(history: History, now: number, { psi, state }: SeriesReport): ScoreReport {
  const today = Math.floor(blockOf(now) / BLOCKS_A_DAY);
  const meanOfDay = (day: number) =>
    meanOf(
      history.sum(
        SCORE,
        Array.from({ length: BLOCKS_A_DAY }, (_, i) => day * BLOCKS_A_DAY + i),
      ),
    );
  const means = Array.from({ length: DAYS }, (_, i) => meanOfDay(today - 1 - i)).filter((mean) => mean !== null);
  const current = meanOfDay(today);
  const mean = means.length > 0 ? means.reduce((sum, one) => sum + one, 0) / means.length : null;
  const spread = means.reduce((sum, one) => sum + (one - mean!) ** 2, 0);
  const deviation = means.length >= FEWEST_DAYS ? Math.sqrt(spread / (means.length - 1)) : null;
  const sigmas = current === null || mean === null || !deviation ? null : (current - mean) / deviation;
  return { psi, meanShiftSigmas: sigmas, today: current, mean, deviation, days: means.length, state };
}

const isShare = (name: string): boolean => name.startsWith('#');
