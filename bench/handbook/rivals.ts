/** XGBoost and scikit-learn on the same rows, tuned in the same way; their scores are measured by the same code. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../src/training/dataset.ts';
import { foldOf, TEST_FOLDS, VALIDATION_FOLDS, withFeatures } from './data.ts';
import { measure } from './measure.ts';
import type { Line } from './table.ts';

const VENV = join(import.meta.dirname, '../../.cache/rivals');
const PACKAGES = ['numpy==2.4.6', 'scikit-learn==1.9.1', 'xgboost-cpu==3.2.0'];
const THREADS = 2;
const MINUTES_MOST = 40;

/** Empty, with the reason on standard error, where there is no Python or no network. */
export async function runRivals(data: Dataset): Promise<Line[]> {
  const python = environment();
  if (!python) return [];
  const own = withFeatures(data, 'handbook');
  const folder = mkdtempSync(join(tmpdir(), 'assay-rivals-'));
  try {
    const tests = TEST_FOLDS.map((start) => foldOf(own, start, 'week'));
    tests.forEach((fold, i) => {
      writeFold(folder, `t${i}`, fold);
    });
    VALIDATION_FOLDS.forEach((start, i) => {
      writeFold(folder, `v${i}`, foldOf(own, start, 'week'));
    });
    const script = join(import.meta.dirname, 'rivals.py');
    const text = execFileSync(python, [script, folder, String(own.columns.length), String(THREADS)], {
      timeout: MINUTES_MOST * 60_000,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    const report = JSON.parse(text) as Record<
      string,
      { options: Record<string, unknown>; validation: number; seconds: number[] }
    >;
    return Object.entries(report).map(([name, { options, validation, seconds }]): Line => {
      const folds = tests.map(({ test }, i) => ({
        ...measure(readScores(join(folder, `${name}.${i}.scores`)), test),
        seconds: seconds[i],
      }));
      return { name, set: 'handbook', span: 'week', folds, chosen: options, validation };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function environment(): string | undefined {
  const python = join(VENV, 'bin', 'python');
  const made = join(VENV, `.made-${PACKAGES.join('-')}`);
  if (existsSync(made)) return python;
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', VENV]],
    [python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]],
  ];
  for (const [command, words] of steps) {
    const { status, error } = spawnSync(command, words, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status === 0) continue;
    console.error(`No rivals: ${command} ${words.join(' ')} failed${error ? ` (${error.message})` : ''}.`);
    return undefined;
  }
  writeFileSync(made, '');
  return python;
}

function writeFold(folder: string, name: string, fold: { train: Dataset; test: Dataset }): void {
  for (const part of ['train', 'test'] as const) {
    const { rows, columns, labels } = fold[part];
    const values = new Float64Array(rows * columns.length);
    columns.forEach((column, feature) => {
      for (let row = 0; row < rows; row++) values[row * columns.length + feature] = column[row];
    });
    writeFileSync(join(folder, `${name}.${part}.x`), new Uint8Array(values.buffer));
    writeFileSync(join(folder, `${name}.${part}.y`), Uint8Array.from(labels));
  }
}

function readScores(path: string): Float64Array {
  const bytes = readFileSync(path);
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
