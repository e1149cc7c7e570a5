/** How often each of two was right alone, until a look. */
export interface Look {
  /** Labelled frauds until then: how far the plan is. */
  frauds: number;
  /** Frauds that the challenger alone would have caught, and that the champion alone has. */
  challengerOnly: number;
  championOnly: number;
  /** Payments that each alone flags, whatever they are. Absent where one flags more of all than the other. */
  alone?: { challenger: number; champion: number };
}

export interface Verdict {
  /** `open`: nothing that chance would not do. */
  decided: 'better' | 'worse' | 'open';
  /** The look that decided, counted from 0. */
  at?: number;
  /** Of the last look: what the greater of the two has to reach. Null: whatever it is, it would decide nothing yet. */
  boundary: number | null;
}

/** Frauds after which the first plan has spent what it may; each further plan is four times as long. */
export const PLAN_FRAUDS = 500;
/** Of all plans together, both sides. */
export const ALPHA = 0.05;
/** Of what is left each plan may spend so much. */
const PLAN_SHARE = 0.95;
const LONGER = 4;

/**
 * Whether the challenger catches more frauds than the champion, looked at as often as one likes. Where the two are alike, a fraud that
 * one alone catches is drawn, without putting it back, from the payments that one alone flags: an exact test by Fisher, fraud by
 * fraud. Where it is not known how many these are, it is the toss of a coin. The chance that such a count ever leaves its
 * boundaries is added up exactly, look by look (Armitage, McPherson and Rowe, JRSS A 132, 1969), and each look may spend what the plan
 * allows until then, as much on either side: little at first, as O'Brien and Fleming do (Lan and DeMets, Biometrika 70, 1983). Looks that
 * bring nothing new cost nothing.
 */
export function sequentialTest(looks: readonly Look[]): Verdict {
  /** Chance by number of the challenger's, of paths that have not left. */
  let paths = Float64Array.of(1);
  let drawn = 0;
  let boundary: number | null = null;
  const spent = { better: 0, worse: 0 };
  for (const [at, { frauds, challengerOnly, championOnly, alone }] of looks.entries()) {
    const now = challengerOnly + championOnly;
    // Labels that were withdrawn: what has been drawn stays drawn.
    if (now <= drawn) continue;
    paths = drawMore(paths, now - drawn, alone);
    drawn = now;
    const may = spendable(frauds) / 2;
    const better = leave(paths, may - spent.better, (i) => now - i);
    const worse = leave(paths, may - spent.worse, (i) => i);
    spent.better += better.chance;
    spent.worse += worse.chance;
    const edge = now + 1 - (challengerOnly > championOnly ? better : worse).counts;
    boundary = edge > now ? null : edge;
    if (challengerOnly > now - better.counts) return { decided: 'better', at, boundary };
    if (challengerOnly < worse.counts) return { decided: 'worse', at, boundary };
  }
  return { decided: 'open', boundary };
}

function drawMore(paths: Float64Array, times: number, alone: Look['alone']): Float64Array<ArrayBuffer> {
  let now = Float64Array.from(paths);
  for (let i = 0; i < times; i++) {
    const [next, drawn] = [new Float64Array(now.length + 1), now.length - 1];
    for (let count = 0; count <= drawn; count++) {
      const share = shareOfChallenger(count, drawn - count, alone);
      next[count] += now[count] * (1 - share);
      next[count + 1] += now[count] * share;
    }
    now = next;
  }
  return now;
}

function shareOfChallenger(challengerOnly: number, championOnly: number, alone: Look['alone']): number {
  if (!alone) return 0.5;
  const left = Math.max(0, alone.challenger - challengerOnly);
  const all = left + Math.max(0, alone.champion - championOnly);
  return all === 0 ? 0.5 : left / all;
}

/** Takes out the paths of one end, as many counts as no more than `may` of the chance have. */
function leave(paths: Float64Array, may: number, from: (i: number) => number): { counts: number; chance: number } {
  let [counts, chance] = [0, 0];
  for (; counts < paths.length && chance + paths[from(counts)] <= may; counts++) {
    chance += paths[from(counts)];
    paths[from(counts)] = 0;
  }
  return { counts, chance };
}

/** What may have been spent once so many frauds are known. */
export function spendable(frauds: number): number {
  let [begin, length, left, spent] = [0, PLAN_FRAUDS, ALPHA, 0];
  for (;;) {
    const share = left * PLAN_SHARE;
    if (frauds <= begin + length) return spent + obrienFleming((frauds - begin) / length, share);
    spent += share;
    left -= share;
    begin += length;
    length *= LONGER;
  }
}

/** 4 − 4Φ(Φ⁻¹(1 − α/4) / √t): Lan and DeMets' for O'Brien and Fleming's boundary, of both sides. */
function obrienFleming(t: number, alpha: number): number {
  if (t <= 0) return 0;
  if (t >= 1) return alpha;
  return Math.min(alpha, 4 * upperTail(quantileOfTail(alpha / 4) / Math.sqrt(t)));
}

/** 1 − Φ(z), for z ≥ 0: a continued fraction's cousin by Abramowitz and Stegun, 7.1.26, within 1.5e-7. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * sum * Math.exp(-x * x);
}

function quantileOfTail(tail: number): number {
  let [low, high] = [0, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
