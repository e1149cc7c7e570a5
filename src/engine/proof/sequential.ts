/** How often each of two was right alone, until a look. */
export interface Look {
  /** Labelled frauds until then: how far the plan is. */
  frauds: number;
  /** Frauds that the challenger alone would have caught, and that the champion alone has. */
  challengerOnly: number;
  championOnly: number;
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
const PLAN_SHARE = 0.9;
const LONGER = 4;

/**
 * Whether the challenger catches more frauds than the champion, looked at as often as one likes. Where the two are alike, a fraud that
 * one alone catches is either's by the toss of a coin; the chance that a count of such tosses ever leaves its boundaries is added
 * up exactly, look by look (Armitage, McPherson and Rowe, JRSS A 132, 1969), and each look may spend what the plan allows until
 * then: little at first, as O'Brien and Fleming do (Lan and DeMets, Biometrika 70, 1983). Looks that bring nothing new cost nothing.
 */
export function sequentialTest(looks: readonly Look[]): Verdict {
  /** Chance by number of the challenger's, of paths that have not left. */
  let paths = Float64Array.of(1);
  let tosses = 0;
  let spent = 0;
  let boundary: number | null = null;
  for (const [at, { frauds, challengerOnly, championOnly }] of looks.entries()) {
    const now = challengerOnly + championOnly;
    // Labels that were withdrawn: what has been tossed stays tossed.
    if (now <= tosses) continue;
    paths = tossed(paths, now - tosses);
    tosses = now;
    const may = spendable(frauds) - spent;
    const edge = edgeOf(paths, may);
    boundary = edge > tosses ? null : edge;
    for (let count = 0; count <= tosses; count++) {
      if (Math.max(count, tosses - count) < edge) continue;
      spent += paths[count];
      paths[count] = 0;
    }
    if (Math.max(challengerOnly, championOnly) >= edge)
      return { decided: challengerOnly > championOnly ? 'better' : 'worse', at, boundary };
  }
  return { decided: 'open', boundary };
}

function tossed(paths: Float64Array, times: number): Float64Array<ArrayBuffer> {
  let now = Float64Array.from(paths);
  for (let i = 0; i < times; i++) {
    const next = new Float64Array(now.length + 1);
    for (let count = 0; count < now.length; count++) {
      next[count] += now[count] / 2;
      next[count + 1] += now[count] / 2;
    }
    now = next;
  }
  return now;
}

/** The least that the greater of both has to reach, so that no more than `may` of the paths leave; beyond all where none may. */
function edgeOf(paths: Float64Array, may: number): number {
  const tosses = paths.length - 1;
  let leaves = 0;
  let edge = tosses + 1;
  while (edge > tosses / 2) {
    const next = edge - 1;
    const more = next * 2 === tosses ? paths[next] : paths[next] + paths[tosses - next];
    if (leaves + more > may) break;
    leaves += more;
    edge = next;
  }
  return edge;
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
