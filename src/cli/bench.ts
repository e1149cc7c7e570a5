import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command } from 'commander';

const BENCHES = ['http', 'journal', 'replay'];
const folder = join(import.meta.dirname, '..', '..', 'bench');

/** `assay bench`: this machine's figures, each beside a baseline of the same run. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('this machine’s figures, as JSON, each beside a baseline of the same run')
    .addArgument(new Argument('[name...]', 'which').choices(BENCHES).default(['http']))
    .option('--against <revision>', 'this build beside another revision instead, in pairs')
    .option('--pairs <number>', 'with --against: how many', '5')
    .action(async (names: string[], { against, pairs }: { against?: string; pairs: string }) => {
      const runs = against
        ? [{ name: 'against', flags: [against, '--pairs', pairs] }]
        : names.map((name) => ({ name, flags: [] }));
      for (const { name, flags } of runs) {
        const script = join(folder, `${name}.ts`);
        if (!existsSync(script)) throw new Error('The benches are part of a checkout, and this is none.');
        const code = await run(script, flags);
        if (code !== 0) throw new Error(`The bench ${name} ended with ${code}.`);
      }
    });
}

function run(script: string, flags: string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...flags], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
