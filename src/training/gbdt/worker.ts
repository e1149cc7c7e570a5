/** A further thread of a training run: it makes the same arrays over the shared memory and runs the same rounds. */
import { createKernel } from '../../kernel/kernel.ts';
import { joinTeam } from '../../kernel/team.ts';
import { kernelHistograms } from './histogram.ts';
import type { TreesOptions } from './options.ts';
import { runRounds } from './rounds.ts';
import { CUTS_STRIDE, type SpaceSizes, trainingSpace } from './space.ts';

export interface WorkerData {
  memory: WebAssembly.Memory;
  sizes: SpaceSizes;
  options: TreesOptions;
}

joinTeam<WorkerData>((team, { memory, sizes, options }) => {
  const kernel = createKernel(memory, true);
  const space = trainingSpace(kernel, sizes);
  // The first thread bins all rows.
  team.barrier();
  const cuts = Array.from(space.cutCounts, (count, feature) =>
    space.cuts.slice(feature * CUTS_STRIDE, feature * CUTS_STRIDE + count),
  );
  const matrix = { rows: sizes.rows, features: sizes.features, cuts, groups: space.groups };
  runRounds(space, matrix, options, team, kernelHistograms(kernel, space.own[team.thread].scratch));
});
