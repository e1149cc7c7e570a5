/**
 * Made-up rows in the layout of ulb.ts, so that a model of that shape can be shipped and tried without anybody's data.
 * Nothing is copied or fitted: components are independent with falling deviations and heavy tails, as principal
 * components are, and frauds are drawn away along the components that the literature on the public set names (V14, V12,
 * V10, V17, V4, V11 and others), some of them barely.
 */
import { createRandom, type Random } from './generator/random.ts';
import { ULB_FEATURES } from './ulb.ts';

export interface SyntheticUlb {
  rows: number;
  seed: number;
  /** Share of rows that are fraud. */
  fraudShare?: number;
}

const SECONDS = 2 * 86_400;
const COMPONENTS = 28;
const ROWS_A_PIECE = 500;

/** Deviation of component k, counted from 1. */
const deviation = (k: number) => 1.95 * 0.94 ** (k - 1);

/** Where a plain fraud lies, in units of the component's own size. */
const DIRECTION: Readonly<Record<number, number>> = {
  1: -2.2,
  2: 2,
  3: -3.8,
  4: 3.2,
  5: -1.6,
  7: -3.6,
  9: -2.2,
  10: -4.6,
  11: 3.6,
  12: -5.2,
  14: -6.4,
  16: -4,
  17: -6,
  18: -2.2,
};

/** How far along it frauds go, and how many do. */
const KINDS: { share: number; strength: number }[] = [
  { share: 0.6, strength: 1 },
  { share: 0.25, strength: 0.4 },
  { share: 0.15, strength: 0.15 },
];

/** CSV text with its header, in pieces; the same for the same options, bit by bit. */
export function* syntheticUlb(options: SyntheticUlb): Generator<string> {
  const { rows, seed, fraudShare = 0.004 } = options;
  const random = createRandom(seed);
  let text = `Time,${ULB_FEATURES.join(',')},Class\n`;
  let time = 0;
  for (let row = 0; row < rows; row++) {
    // A mean gap that fills the two days.
    time += random.exponential(SECONDS / rows);
    const fraud = random.chance(fraudShare);
    const values = components(random, fraud ? strengthOf(random) : 0);
    text += `${Math.round(time)},${values.join(',')},${amount(random, fraud)},${fraud ? 1 : 0}\n`;
    if (row % ROWS_A_PIECE !== ROWS_A_PIECE - 1) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function strengthOf(random: Random): number {
  let left = random.float();
  for (const { share, strength } of KINDS) {
    left -= share;
    if (left < 0) return strength * random.logNormal(1, 0.45);
  }
  return KINDS[0].strength;
}

function components(random: Random, strength: number): string[] {
  // One size for the whole row makes the tails heavy and extremes come together.
  const size = random.logNormal(0.85, 0.45) * (1 + 0.6 * Math.min(strength, 1.5));
  return Array.from({ length: COMPONENTS }, (_, i) => {
    const shift = strength * (DIRECTION[i + 1] ?? 0);
    return (deviation(i + 1) * (size * random.normal() + shift)).toFixed(4);
  });
}

function amount(random: Random, fraud: boolean): string {
  if (fraud && random.chance(0.3)) return '1.00';
  return (fraud ? random.logNormal(30, 1.9) : random.logNormal(22, 1.55)).toFixed(2);
}
