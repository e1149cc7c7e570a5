/** The rounds of boosting, as every thread of a team runs them over the same space. */
import { BLOCK } from '../../kernel/growth.ts';
import type { Team } from '../../kernel/team.ts';
import type { Tree } from '../../models/trees.ts';
import type { BinnedMatrix } from './bins.ts';
import { type GrowerMemory, type GrownTree, growTree, type OwnRows } from './grower.ts';
import { CHAIN, type HistogramBuilder, type Packing, roundersFor } from './histogram.ts';
import type { TreesOptions } from './options.ts';
import { addTreeByParts } from './predictor.ts';
import { type Random, sampleIndices, seededRandom } from './random.ts';
import { type OwnSpace, type Space, shareOf } from './space.ts';

/** What the first thread does beside its share. */
export interface Leader {
  /** Told each tree when all scores are up to date; says whether to stop. */
  judge?(): boolean;
  progress?(share: number): void;
}

/** Grows the trees; leaf values include the learning rate. Every thread returns the same. */
export function runRounds(
  space: Space,
  matrix: BinnedMatrix,
  options: TreesOptions,
  team: Team,
  builder: HistogramBuilder,
  leader: Leader = {},
): Tree[] {
  const { histograms, parts, slots, validation } = space;
  const own = space.own[team.thread];
  const memory: GrowerMemory = { builder, team, histograms: [...histograms], parts, slots, own };
  const later = validation && { rows: validation.scores.length, features: matrix.features, cuts: matrix.cuts };
  const random = seededRandom(options.seed);
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const packing = packGradients(space, matrix.rows, team, builder);
    const sampled = sampleRows(matrix.rows, options.rowShare, random, team, own);
    const features = sampleFeatures(matrix.features, options.featureShare, random);
    const grown = growTree(matrix, space.pairs, packing, sampled, features, options, memory);
    // A stump without a split means that nothing is left to learn.
    if (grown.tree.feature.length === 0 && options.rowShare === 1 && options.featureShare === 1) break;
    for (let leaf = 0; leaf < grown.tree.value.length; leaf++) grown.tree.value[leaf] *= options.learningRate;
    addToScores(grown, own, space.scores, builder);
    addTreeByParts(grown.tree, matrix, { ...own, rows: own.left }, sampled.left, space.scores, builder.growth);
    trees.push(grown.tree);
    if (later && validation) {
      const { from, to } = shareOf(later.rows, team.thread, team.threads);
      for (let i = from; i < to; i++) own.later[i - from] = i;
      const part = { ...own, rows: own.later };
      addTreeByParts(
        grown.tree,
        { ...later, groups: validation.groups },
        part,
        to - from,
        validation.scores,
        builder.growth,
      );
    }
    team.barrier();
    leader.progress?.((round + 1) / options.rounds);
    if (validation) {
      if (leader.judge?.()) space.stop[0] = 1;
      team.barrier();
      if (space.stop[0] === 1) break;
    }
  }
  return trees;
}

/** Fills space.pairs with the packed gradients of the scores as they are. */
function packGradients(
  space: Space,
  rows: number,
  { thread, threads, barrier }: Team,
  builder: HistogramBuilder,
): Packing {
  const { scores, labels, weights, pairs, sums } = space;
  const blocks = shareOf(sums.length / 2, thread, threads);
  const to = Math.min(rows, blocks.to * BLOCK);
  builder.growth.gradients(blocks.from * BLOCK, to, scores, labels, weights, pairs, sums);
  barrier();
  let gradientSum = 0;
  let hessianSum = 0;
  for (let at = 0; at < sums.length; at += 2) {
    gradientSum += sums[at];
    hessianSum += sums[at + 1];
  }
  const rounders = roundersFor(gradientSum, hessianSum, rows);
  for (let chain = thread * CHAIN; chain < rows; chain += threads * CHAIN) {
    builder.growth.pack(chain, Math.min(rows, chain + CHAIN), pairs, rounders);
  }
  barrier();
  return rounders;
}

/** Fills the thread's `rows` with its share of the sampled rows, ascending, and `left` with its share of the others. */
function sampleRows(
  total: number,
  share: number,
  random: Random,
  { thread, threads }: Team,
  { rows, left }: OwnSpace,
): OwnRows & { left: number } {
  const wanted = sampledRows(total, share);
  const mine = shareOf(wanted, thread, threads);
  if (share === 1) {
    for (let row = mine.from; row < mine.to; row++) rows[row - mine.from] = row;
    return { count: mine.to - mine.from, first: mine.from, left: 0 };
  }
  const others = shareOf(total - wanted, thread, threads);
  let count = 0;
  let skipped = 0;
  // Every thread draws all numbers, so that its generator stays in step.
  for (let row = 0; row < total; row++) {
    if (random() * (total - row) < wanted - count) {
      if (count >= mine.from && count < mine.to) rows[count - mine.from] = row;
      count++;
    } else {
      if (skipped >= others.from && skipped < others.to) left[skipped - others.from] = row;
      skipped++;
    }
  }
  return { count: mine.to - mine.from, left: others.to - others.from };
}

/** Rows that each tree sees. */
export function sampledRows(total: number, share: number): number {
  return share === 1 ? total : Math.max(1, Math.round(total * share));
}

function sampleFeatures(total: number, share: number, random: Random): Int32Array {
  if (share === 1) return Int32Array.from({ length: total }, (_, feature) => feature);
  return sampleIndices(total, Math.max(1, Math.round(total * share)), random);
}

function addToScores(grown: GrownTree, { rows }: OwnSpace, scores: Float64Array, { growth }: HistogramBuilder): void {
  const { tree, leafFrom, leafTo } = grown;
  for (let leaf = 0; leaf < leafFrom.length; leaf++) {
    growth.addToRows(rows, leafFrom[leaf], leafTo[leaf], tree.value[leaf], scores);
  }
}
