/** What is known of a champion beside the version before it, on the same payments, in buckets of stream time. */
export interface Tally {
  /** One payment, judged by both. Probabilities; milliseconds that each took; when it was decided. */
  add(at: number, champion: Judged, before: Judged): void;
  /** A payment that the champion could not judge, or that it was not asked about beside. */
  count(at: number, isBroken: boolean): void;
  /** What is wrong in the last minute before a time; undefined: nothing that is the champion's own. */
  verdict(now: number): Fault | undefined;
}

export interface Judged {
  probability: number;
  tookMs: number;
}

export interface Fault {
  kind: 'broken' | 'constant' | 'shift' | 'latency';
  /** For people, with its figures. */
  message: string;
}

interface Side {
  bins: Float64Array;
  lowest: number;
  highest: number;
  tookMs: number[];
}

interface Bucket {
  number: number;
  decided: number;
  broken: number;
  both: number;
  champion: Side;
  before: Side;
}

const BUCKET_MS = 10_000;
const WINDOW_BUCKETS = 6;
const KEPT_BUCKETS = 360;
const TIMES_KEPT = 64;
/** Probabilities at which bins end. */
const EDGES = [0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95];

const FEWEST_BROKEN = 5;
const BROKEN_SHARE = 0.05;
const ENOUGH = 100;
const ENOUGH_BEFORE = 300;
/** Far beyond what is called a shift, and of the champion alone: attacks and sales move both. */
const SHIFTED = 1;
const OTHERS_SHARE = 0.2;
const SLOWER = 10;
const SLOW_MS = 2;
/** A machine that is busy slows both. */
const ALSO_SLOWER = 3;
/** How far the version before tells payments apart for which the champion has one score. */
const VARIES = 0.01;

export function createTally(): Tally {
  const buckets: Bucket[] = [];

  function bucketAt(at: number): Bucket {
    const number = Math.floor(at / BUCKET_MS);
    for (let i = buckets.length - 1; i >= 0 && i >= buckets.length - WINDOW_BUCKETS; i--)
      if (buckets[i].number === number) return buckets[i];
    const made = { number, decided: 0, broken: 0, both: 0, champion: newSide(), before: newSide() };
    buckets.push(made);
    if (buckets.length > KEPT_BUCKETS) buckets.shift();
    return made;
  }

  return {
    add(at, champion, before) {
      const bucket = bucketAt(at);
      bucket.both++;
      put(bucket.champion, champion);
      put(bucket.before, before);
    },
    count(at, isBroken) {
      const bucket = bucketAt(at);
      if (isBroken) bucket.broken++;
      else bucket.decided++;
    },
    verdict(now) {
      const first = Math.floor(now / BUCKET_MS) - WINDOW_BUCKETS + 1;
      const recent = summed(buckets.filter(({ number }) => number >= first));
      const past = summed(buckets.filter(({ number }) => number < first));
      return broken(recent) ?? constant(recent) ?? shift(recent, past) ?? latency(recent, past);
    },
  };
}

function broken({ broken, decided }: Bucket): Fault | undefined {
  if (broken < FEWEST_BROKEN || broken < BROKEN_SHARE * (broken + decided)) return undefined;
  return { kind: 'broken', message: `it failed on ${broken} of ${broken + decided} payments in a minute` };
}

function constant({ both, champion, before }: Bucket): Fault | undefined {
  if (both < ENOUGH || champion.lowest !== champion.highest || before.highest - before.lowest < VARIES)
    return undefined;
  const message = `it gave ${both} payments of a minute the same score, which the version before tells apart`;
  return { kind: 'constant', message };
}

function shift(recent: Bucket, past: Bucket): Fault | undefined {
  if (recent.both < ENOUGH || past.both < ENOUGH_BEFORE) return undefined;
  const own = stability(recent.champion.bins, past.champion.bins);
  const others = stability(recent.before.bins, past.before.bins);
  if (own < SHIFTED || others > OTHERS_SHARE * own) return undefined;
  const message = `its scores shifted (stability index ${own.toFixed(2)}), and those of the version before on the same payments did not (${others.toFixed(2)})`;
  return { kind: 'shift', message };
}

function latency(recent: Bucket, past: Bucket): Fault | undefined {
  if (recent.both < ENOUGH) return undefined;
  const own = median(recent.champion.tookMs);
  const others = median(recent.before.tookMs);
  const isKnown = past.both >= ENOUGH;
  const usual = isKnown ? median(past.champion.tookMs) : others;
  const isBusy = isKnown && others > ALSO_SLOWER * median(past.before.tookMs);
  if (own < SLOW_MS || own < SLOWER * usual || isBusy) return undefined;
  return {
    kind: 'latency',
    message: `it takes ${own.toFixed(1)} ms a payment, and took ${Number(usual.toPrecision(2))}`,
  };
}

/** Population stability index of two histograms; half a payment more in each bin, so that none is empty. */
function stability(now: Float64Array, then: Float64Array): number {
  const total = (bins: Float64Array) => bins.reduce((sum, count) => sum + count + 0.5, 0);
  const [nowTotal, thenTotal] = [total(now), total(then)];
  let sum = 0;
  for (let i = 0; i < now.length; i++) {
    const p = (now[i] + 0.5) / nowTotal;
    const q = (then[i] + 0.5) / thenTotal;
    sum += (p - q) * Math.log(p / q);
  }
  return sum;
}

function newSide(): Side {
  const bins = new Float64Array(EDGES.length + 1);
  return { bins, lowest: Number.POSITIVE_INFINITY, highest: Number.NEGATIVE_INFINITY, tookMs: [] };
}

function put(side: Side, { probability, tookMs }: Judged): void {
  let bin = 0;
  while (bin < EDGES.length && probability >= EDGES[bin]) bin++;
  side.bins[bin]++;
  side.lowest = Math.min(side.lowest, probability);
  side.highest = Math.max(side.highest, probability);
  if (side.tookMs.length < TIMES_KEPT) side.tookMs.push(tookMs);
}

function summed(buckets: readonly Bucket[]): Bucket {
  const sum: Bucket = { number: 0, decided: 0, broken: 0, both: 0, champion: newSide(), before: newSide() };
  for (const bucket of buckets) {
    sum.decided += bucket.decided;
    sum.broken += bucket.broken;
    sum.both += bucket.both;
    for (const name of ['champion', 'before'] as const) {
      const [into, from] = [sum[name], bucket[name]];
      for (let i = 0; i < into.bins.length; i++) into.bins[i] += from.bins[i];
      into.lowest = Math.min(into.lowest, from.lowest);
      into.highest = Math.max(into.highest, from.highest);
      for (const took of from.tookMs) into.tookMs.push(took);
    }
  }
  return sum;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
