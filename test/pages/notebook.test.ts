import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { averagePrecision } from '../../src/training/metrics.ts';

/**
 * `npm run test:notebook`: docs/notebook.md as somebody would follow it, block by block, in an empty folder. Needs Python 3.10 with venv and its
 * registry (PYTHON names another), or NOTEBOOK_PYTHON, one that has the packages; takes some minutes, so it is not part of `npm test`.
 */
const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'notebook.md'), 'utf8');
const PACKAGES = ['lightgbm==4.7.0', 'pandas==3.1.1', 'pyarrow==26.0.1', 'scikit-learn==1.9.1'];
const python = process.env.PYTHON ?? 'python3';

/** An environment with the packages. */
function pythonIn(venv: string): string {
  execFileSync(python, ['-m', 'venv', venv]);
  const own = join(venv, 'bin', 'python');
  execFileSync(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  return own;
}

interface Block {
  language: string;
  text: string;
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({ language, text: body }));
}

function hasPython(): boolean {
  try {
    execFileSync(python, ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

test('the page for notebooks runs as it stands, and what comes back decides as it did there', {
  skip: !hasPython() && `${python} is no Python 3.10 with venv`,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-notebook-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // What `npx assay` would run, once the package is installed.
  const wrapper = `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'bin', 'assay.js')}" "$@"\n`;
  writeFileSync(join(bin, 'npx'), wrapper);
  chmodSync(join(bin, 'npx'), 0o755);
  const own = process.env.NOTEBOOK_PYTHON ?? pythonIn(join(folder, 'venv'));
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, ASSAY_DATA_DIR: join(folder, 'data') };
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  const blocks = blocksOf(page);
  assert.deepEqual(
    blocks.map(({ language }) => language),
    ['sh', 'python', 'sh'],
  );
  run('sh', ['-ec', blocks[0].text]);
  // The notebook's own scores of the rows that the page has evaluated.
  const from = /--from (\d{4}-\d{2}-\d{2})/.exec(page)![1];
  const told = [
    `late = rows[rows.event_time >= pandas.Timestamp("${from}", tz="UTC")]`,
    'pandas.DataFrame({"score": model.predict(late[features], raw_score=True), "label": late.label}).to_parquet("scores.parquet", compression=None)',
  ];
  run(own, ['-c', [blocks[1].text, ...told].join('\n')]);
  const scored = (await parquetReadObjects({ file: bufferOf(join(folder, 'scores.parquet')) })) as {
    score: number;
    label: number | bigint;
  }[];
  const there = averagePrecision(
    Float64Array.from(scored, ({ score }) => score),
    Uint8Array.from(scored, ({ label }) => Number(label)),
  );

  const lines = blocks[2].text.replace(/^(npx assay evaluate .*?)(\s+#.*)?$/m, '$1 --json > evaluated.json');
  const said = lines
    .trim()
    .split('\n')
    .map((line) => {
      const [first, then] = line.split(' && ');
      const told = run('sh', ['-ec', first]);
      if (then === undefined) return told;
      const version = /\b[0-9a-f]{16}\b/.exec(told.trim().split('\n').at(-1)!)?.[0];
      assert.ok(version, told);
      return run('sh', ['-ec', then.replace('VERSION', version)]);
    });
  assert.match(said.at(-1)!, /beside the champion/);
  const { test: here } = JSON.parse(readFileSync(join(folder, 'evaluated.json'), 'utf8'));
  assert.equal(here.rows, scored.length);
  assert.ok(Math.abs(here.averagePrecision - there) < 1e-9, `${here.averagePrecision} here, ${there} there`);
});

function bufferOf(path: string): ArrayBuffer {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}
