import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { misspeltSettings } from '../domain/settings.ts';

/** Each command in a file of its own, loaded when it is called or its help is asked for. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  worker: async () => (await import('./worker.ts')).workerCommand(),
  generate: async () => (await import('./generate.ts')).generateCommand(),
  train: async () => (await import('./train.ts')).trainCommand(),
  download: async () => (await import('./download.ts')).downloadCommand(),
  inspect: async () => (await import('./inspect.ts')).inspectCommand(),
  matrix: async () => (await import('./matrix.ts')).matrixCommand(),
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  backtest: async () => (await import('./backtest.ts')).backtestCommand(),
  models: async () => (await import('./models.ts')).modelsCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  database: async () => (await import('./database.ts')).databaseCommand(),
  journal: async () => (await import('./journal.ts')).journalCommand(),
  restore: async () => (await import('./restore.ts')).restoreCommand(),
  labels: async () => (await import('./labels.ts')).labelsCommand(),
  keys: async () => (await import('./keys.ts')).keysCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  convex: async () => (await import('./convex.ts')).convexCommand(),
  mcp: async () => (await import('./mcp.ts')).mcpCommand(),
  upgrade: async () => (await import('./upgrade.ts')).upgradeCommand(),
  bench: async () => (await import('./bench.ts')).benchCommand(),
};

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));
const program = new Command('assay')
  .description('Real-time fraud decisions for transactions.')
  .version(version)
  .showHelpAfterError('(assay --help lists the commands)');
const wanted = process.argv.slice(2).find((word) => Object.hasOwn(COMMANDS, word));
for (const [name, load] of Object.entries(COMMANDS))
  if (wanted === undefined || wanted === name) program.addCommand(await load());

program.hook('preAction', () => {
  for (const told of misspeltSettings(process.env)) console.error(`assay: ${told}`);
});

/** In words, where a file or a folder that was named cannot be used: what the system calls it says less. */
function said({ message, code, path, syscall }: NodeJS.ErrnoException): string {
  if (syscall === 'mkdir' && (code === 'EEXIST' || code === 'ENOTDIR'))
    return `No folder can be made at ${path}: something else stands there or above it.`;
  if (code === 'EROFS' && path) return `${path} cannot be written: its file system is read-only.`;
  if (code === 'EACCES' && path) return `The user that runs this may not use ${path}.`;
  if (code === 'ENOSPC') return `No space is left on the disk${path ? ` for ${path}` : ''}.`;
  const isAstray = code === 'ENOENT' && path && message.startsWith('ENOENT');
  if (isAstray && !existsSync(dirname(path))) return `There is no folder ${dirname(path)}.`;
  if (isAstray) return `There is no file ${path}.`;
  if (code === 'EISDIR') return `A folder stands where a file is needed${path ? `: ${path}` : ''}.`;
  return message;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? `assay: ${said(error)}` : error);
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  process.exitCode = 1;
}
