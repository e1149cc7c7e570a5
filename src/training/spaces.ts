/** Where `--search` looks, by learner. What is not named stays as it is. */
import { sampleIndices, seededRandom } from './gbdt/random.ts';

/** `log` is even by ratio; `whole` values are rounded. */
export type Range =
  | { low: number; high: number; log?: boolean; whole?: boolean }
  | { choices: readonly (number | string | boolean | readonly number[])[] };

export type Space = Readonly<Record<string, Range>>;

const TREES: Space = {
  maxLeaves: { low: 4, high: 48, log: true, whole: true },
  maxDepth: { choices: [4, 6, 8, 0] },
  learningRate: { low: 0.02, high: 0.15, log: true },
  rounds: { low: 100, high: 500, log: true, whole: true },
  minRows: { low: 5, high: 100, log: true, whole: true },
  l2: { low: 0.1, high: 30, log: true },
  rowShare: { low: 0.5, high: 1 },
  featureShare: { low: 0.3, high: 1 },
};

const FOREST: Space = {
  maxLeaves: { low: 32, high: 1024, log: true, whole: true },
  maxDepth: { choices: [8, 12, 16, 0] },
  minRows: { low: 1, high: 50, log: true, whole: true },
  featureShare: { low: 0.15, high: 0.8 },
  bags: { choices: ['plain', 'balanced'] },
  bagRatio: { low: 1, high: 50, log: true },
};

const LOGISTIC: Space = {
  c: { low: 0.003, high: 30, log: true },
  tails: { choices: ['keep', 'clip', 'log'] },
};

const NETWORK: Space = {
  hidden: { choices: [[32], [32, 16], [64, 32], [128, 64]] },
  dropout: { low: 0, high: 0.4 },
  rate: { low: 0.0005, high: 0.01, log: true },
  decay: { low: 1e-6, high: 1e-2, log: true },
  batch: { choices: [64, 128, 256, 512] },
  epochs: { low: 8, high: 40, log: true, whole: true },
};

export const SPACES: Readonly<Record<string, Space>> = {
  trees: TREES,
  forest: FOREST,
  logistic: LOGISTIC,
  network: NETWORK,
  isolation: { sampleRows: { low: 64, high: 4096, log: true, whole: true } },
  ensemble: {
    combine: { choices: ['average', 'stacked'] },
    ...prefixed('trees', TREES),
    ...prefixed('forest', FOREST),
    ...prefixed('logistic', LOGISTIC),
    ...prefixed('network', NETWORK),
  },
};

function prefixed(name: string, space: Space): Space {
  return Object.fromEntries(Object.entries(space).map(([key, range]) => [`${name}.${key}`, range]));
}

/** A random place. With `around`, only about a third of the options move, and one at least. */
export function drawOptions(space: Space, seed: number, around?: Record<string, unknown>): Record<string, unknown> {
  const random = seededRandom(seed);
  const names = Object.keys(space);
  const moved = around
    ? Array.from(sampleIndices(names.length, Math.max(1, Math.round(names.length / 3)), random), (i) => names[i])
    : names;
  const drawn = moved.map((name) => [name, drawOne(space[name], random())] as const);
  return { ...around, ...Object.fromEntries(drawn) };
}

function drawOne(range: Range, share: number): unknown {
  if ('choices' in range) return range.choices[Math.floor(share * range.choices.length)];
  const { low, high, log, whole } = range;
  const value = log ? low * (high / low) ** share : low + (high - low) * share;
  return whole ? Math.round(value) : Number(value.toPrecision(4));
}
