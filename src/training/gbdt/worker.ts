/** A further thread of a training run: it makes the same arrays over the shared memory and runs the same rounds. */
import { createKernel } from '../../kernel/kernel.ts';
import { joinTeam } from '../../kernel/team.ts';
import { binAsOther, cutsOf, type LentColumns } from './binning.ts';
import { kernelHistograms } from './histogram.ts';
import type { TreesOptions } from './options.ts';
import { runRounds } from './rounds.ts';
import { type SpaceSizes, trainingSpace } from './space.ts';

export interface WorkerData {
  memory: WebAssembly.Memory;
  sizes: SpaceSizes;
  options: TreesOptions;
  lent: LentColumns;
}

joinTeam<WorkerData>((team, { memory, sizes, options, lent }) => {
  const kernel = createKernel(memory, true);
  const space = trainingSpace(kernel, sizes);
  binAsOther(space, lent, options);
  team.barrier();
  const matrix = { rows: sizes.rows, features: sizes.features, cuts: cutsOf(space), groups: space.groups };
  runRounds(space, matrix, options, team, kernelHistograms(kernel, space.own[team.thread].scratch));
});
