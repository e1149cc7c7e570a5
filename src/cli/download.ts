import { Argument, Command } from 'commander';
import type { DownloadFlags } from './download-run.ts';
import { PUBLIC_FILES } from './public-files.ts';

/** `assay download`: public sets of payments, or where they are to be had. */
export function downloadCommand(): Command {
  return new Command('download')
    .description('fetches a public set of payments where the network allows, and says where to get it where not')
    .addArgument(new Argument('<name>', 'which').choices(Object.keys(PUBLIC_FILES)))
    .option('--out <file>', 'where it goes (default: its usual name, here)')
    .option('--json', 'print JSON')
    .action(async (name: string, flags: DownloadFlags) => {
      const { runDownload } = await import('./download-run.ts');
      await runDownload(name, PUBLIC_FILES[name], flags);
    });
}
