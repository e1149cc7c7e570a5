import { Command } from 'commander';

/** `assay convex`: the copy in a deployment of Convex. */
export function convexCommand(): Command {
  const convex = new Command('convex').description('the copy in Convex: make it again');
  convex
    .command('rebuild')
    .description(
      'empties the copy that CONVEX_URL and CONVEX_DEPLOY_KEY name; the running server, or the next, fills it again',
    )
    .action(async () => {
      const { rebuildConvex } = await import('./convex-run.ts');
      await rebuildConvex(process.env);
    });
  return convex;
}
