import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command } from 'commander';

/** The script of each, below bench/. */
const BENCHES: Record<string, string> = {
  ...{ http: 'http', journal: 'journal', replay: 'replay' },
  ...{ overload: 'overload', where: 'where', rivals: 'rivals/run' },
};
const folder = join(import.meta.dirname, '..', '..', 'bench');

/** What is handed on to the script, which refuses what it does not know. */
interface Flags {
  pairs?: string;
  only?: string;
  rounds?: string;
  seconds?: string;
  connections?: string;
  write?: boolean;
}

/** `assay bench`: this machine's figures, each beside a baseline of the same run. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('this machine’s figures, each beside a baseline of the same run')
    .addArgument(new Argument('[name...]', 'which').choices(Object.keys(BENCHES)).default(['http']))
    .option('--against <revision>', 'this build beside another revision instead, in pairs')
    .option('--pairs <number>', 'with --against: how many (5)')
    .option('--only <part>', 'with --against: process or http')
    .option('--rounds <number>', 'rivals: how many (5)')
    .option('--seconds <number>', 'of load: http, overload, where, rivals, --against')
    .option('--connections <number>', 'of load')
    .option('--write', 'rivals: into docs/benchmarks.md too')
    .action(async (names: string[], { against, ...flags }: Flags & { against?: string }) => {
      const words = Object.entries(flags).flatMap(([name, value]) =>
        value === true ? [`--${name}`] : [`--${name}`, String(value)],
      );
      const runs = against ? [['against', against]] : names.map((name) => [BENCHES[name]]);
      for (const [name, ...first] of runs) {
        const script = join(folder, `${name}.ts`);
        if (!existsSync(script)) throw new Error('The benches are part of a checkout, and this is none.');
        const code = await run(script, [...first, ...words]);
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
