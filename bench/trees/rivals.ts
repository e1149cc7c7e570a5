/** The Python side: a virtual environment made on demand, and a process that answers one request after another. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Dataset } from '../../src/training/dataset.ts';
import { writeDataset } from './data.ts';

export interface Rivals {
  ask(request: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): void;
}

/** The process, or why there is none. `directory` keeps the environment; ASSAY_BENCH_PYTHON names another that has all. */
export function startRivals(directory: string): Rivals | string {
  const python = process.env.ASSAY_BENCH_PYTHON ?? environment(directory);
  if (!existsSync(python)) return python;
  // Settings of the machine for an old OpenBLAS would slow the rivals.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OPENBLAS_')));
  const child = spawn(python, [join(import.meta.dirname, 'rivals.py')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const next = await Promise.race([lines.next(), ended.then(() => ({ done: true, value: '' }))]);
      if (next.done) throw new Error('the Python process ended; its words are above');
      return JSON.parse(next.value);
    },
    close: () => child.stdin.end(),
  };
}

/** Gives the process the rows that it trains and scores from now on. */
export async function handOver(rivals: Rivals, directory: string, parts: Record<'train' | 'test', Dataset>) {
  const place = (name: 'train' | 'test') => {
    const path = join(directory, `${name}.bin`);
    writeDataset(path, parts[name]);
    return { path, rows: parts[name].rows, features: parts[name].columns.length };
  };
  await rivals.ask({ do: 'read', train: place('train'), test: place('test') });
}

/** The path of the environment's Python, or why there is none. */
export function environment(directory: string, requirements = join(import.meta.dirname, 'requirements.txt')): string {
  const home = join(directory, 'venv');
  const python = join(home, 'bin', 'python');
  const mark = join(home, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python;
  mkdirSync(directory, { recursive: true });
  process.stderr.write(`Installing the rivals from PyPI into ${home}\n`);
  for (const [command, ...words] of [
    ['python3', '-m', 'venv', home],
    [python, '-m', 'pip', 'install', '--quiet', '--requirement', requirements],
  ]) {
    const { status, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
    if (status !== 0) return `${command} ${words[1]}: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`;
  }
  writeFileSync(mark, wanted);
  return python;
}
