/**
 * Assay beside scoring services in Python, in one run: durable decisions with reasons, a card vector by the same LightGBM model, and one by
 * the same forest of 100 trees, which came by ONNX. Each round is all of them, each in fresh processes, the order turned from round to round.
 *
 *   npm run bench -- rivals          (node bench/rivals/run.ts [--rounds 5] [--seconds 6] [--connections 16] [--write])
 *
 * Prints Markdown, ratios first: the median of the rounds', with the lowest and the highest. `--write` puts it into docs/benchmarks.md too.
 * Needs wrk and Python 3; what is in requirements.txt comes from PyPI into ~/.cache/assay-bench (ASSAY_BENCH_CACHE).
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, homedir, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { body, start, stop } from '../http-load.ts';
import { scratch } from '../scratch.ts';
import { environment } from '../trees/rivals.ts';
import { wrk } from '../wrk.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    connections: { type: 'string', default: '16' },
    write: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, connections] = [values.rounds, values.seconds, values.connections].map(Number);
/** Until compilers have seen the path, and the database of a new directory has been made. */
const WARM_UP_SECONDS = 8;
const root = join(import.meta.dirname, '..', '..');
const assay = join(root, 'bin/assay.js');
const here = import.meta.dirname;

const cache = join(process.env.ASSAY_BENCH_CACHE ?? join(homedir(), '.cache', 'assay-bench'), 'rivals');
const python = environment(cache, join(here, 'requirements.txt'));
if (!existsSync(python)) throw new Error(python);
const onnxruntime = onnxRuntime(join(cache, 'node'));
const folder = scratch('rivals');

/** The same vector at every turn, with and without what only one of them asks for. */
const payments = Array.from({ length: 20_000 }, (_, i) => body(i));
const vectors = Array.from({ length: 1_000 }, (_, row) => {
  const fields: Record<string, number> = {};
  // Singles by any reading of their digits: thresholds of the forest lie between such.
  for (let i = 1; i <= 28; i++) fields[`V${i}`] = Math.fround(Math.sin(row * 29 + i * 7) * 2);
  return { ...fields, Amount: Math.fround((row * 37) % 500) / 100 };
});
const cards = vectors.map((vector) => JSON.stringify(vector));
const timed = vectors.map((vector, row) => JSON.stringify({ Time: row, ...vector }));

/** What Assay scores ONNX files with, which is no dependency of it. Returns where Node finds it. */
function onnxRuntime(home: string): string {
  const modules = join(home, 'node_modules');
  if (!existsSync(join(modules, 'onnxruntime-node'))) {
    const words = ['install', '--silent', '--prefix', home, 'onnxruntime-node@1.30.0'];
    execFileSync('npm', words, {
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return modules;
}

interface Served {
  url: string;
  stop(): Promise<void>;
}

async function serveAssay(model?: string): Promise<Served> {
  const home = scratch('rivals-data');
  const env = { ASSAY_DATA_DIR: join(home, 'data'), RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn', NODE_PATH: onnxruntime };
  const server = await start(
    [assay, 'serve', '--port', '0'],
    model === undefined ? env : { ...env, MODEL_PATH: join(folder, model) },
  );
  return {
    url: server.url,
    async stop() {
      await stop(server.child);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function servePython(model: 'lightgbm' | 'forest'): Promise<Served> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const words = ['-m', 'uvicorn', 'serve:app', '--port', String(port), '--workers', String(cpus().length)];
  words.push('--loop', 'uvloop', '--http', 'httptools', '--log-level', 'warning', '--no-access-log');
  const env = { ...process.env, RIVAL_FOLDER: folder, RIVAL_MODEL: model };
  const child = spawn(python, words, { cwd: here, env, stdio: ['ignore', 'inherit', 'inherit'] });
  await answering(child, `${url}/score`);
  return { url, stop: () => ended(child) };
}

async function serveHop(): Promise<Served> {
  const service = await servePython('lightgbm');
  const hop = await start([join(here, 'hop.ts'), `${service.url}/score`], {});
  return {
    url: hop.url,
    async stop() {
      await stop(hop.child);
      await service.stop();
    },
  };
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: cards[0] }).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`the service ended with ${child.exitCode}`);
}

async function ended(child: ChildProcess): Promise<void> {
  const over = once(child, 'exit');
  child.kill('SIGTERM');
  await over;
}

interface Shape {
  name: string;
  serve(): Promise<Served>;
  path: string;
  bodies: string[];
}

const shapes = {
  decisions: {
    name: 'Assay: durable decisions with reasons',
    serve: () => serveAssay(),
    path: '/api/transactions',
    bodies: payments,
  },
  vector: {
    name: 'Assay: card vector, LightGBM imported',
    serve: () => serveAssay('gbdt'),
    path: '/v1/fraud-score',
    bodies: timed,
  },
  onnx: {
    name: 'Assay: card vector, forest of 100 by ONNX',
    serve: () => serveAssay('forest'),
    path: '/v1/fraud-score',
    bodies: timed,
  },
  lightgbm: { name: 'FastAPI + LightGBM', serve: () => servePython('lightgbm'), path: '/score', bodies: cards },
  hop: { name: 'Express, then FastAPI + LightGBM', serve: serveHop, path: '/score', bodies: cards },
  forest: {
    name: 'FastAPI + scikit-learn, forest of 100',
    serve: () => servePython('forest'),
    path: '/score',
    bodies: cards,
  },
} satisfies Record<string, Shape>;
type Name = keyof typeof shapes;
const names = Object.keys(shapes) as Name[];
const RATIOS: [Name, Name][] = [
  ['decisions', 'lightgbm'],
  ['decisions', 'hop'],
  ['vector', 'lightgbm'],
  ['onnx', 'forest'],
];

/** The largest difference of what the two say of the same rows: else it would be no comparison. */
async function difference(one: Served, other: Served): Promise<number> {
  const ask = async (url: string, text: string) => {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
    return ((await answer.json()) as { fraud_probability: number }).fraud_probability;
  };
  let most = 0;
  for (const text of cards.slice(0, 200))
    most = Math.max(
      most,
      Math.abs((await ask(`${one.url}/api/v1/predict`, text)) - (await ask(`${other.url}/score`, text))),
    );
  return most;
}

async function agreement(model: 'gbdt' | 'forest', rival: 'lightgbm' | 'forest'): Promise<number> {
  const [ours, theirs] = [await serveAssay(model), await servePython(rival)];
  try {
    return await difference(ours, theirs);
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

async function measured({ serve, path, bodies }: Shape) {
  const served = await serve();
  try {
    const options = { folder, connections };
    await wrk(served.url + path, bodies, { ...options, seconds: WARM_UP_SECONDS });
    return await wrk(served.url + path, bodies, { ...options, seconds });
  } finally {
    await served.stop();
  }
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const shown = (number: number) =>
  number < 10 ? number.toFixed(2) : number < 100 ? number.toFixed(1) : number.toFixed(0);
const ratio = (numbers: number[]) =>
  `${shown(median(numbers))} (${shown(Math.min(...numbers))}–${shown(Math.max(...numbers))})`;

try {
  execFileSync(python, [join(here, 'make.py'), folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const [file, out] of [
    ['lightgbm.txt', 'gbdt'],
    ['forest.onnx', 'forest'],
  ]) {
    const features = [...Array.from({ length: 28 }, (_, i) => `V${i + 1}`), 'Amount'].join(',');
    const words = [assay, 'models', 'import', join(folder, file), '--features', features, '--out', join(folder, out)];
    execFileSync(process.execPath, words, {
      env: { ...process.env, NODE_PATH: onnxruntime },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const apart = [await agreement('gbdt', 'lightgbm'), await agreement('forest', 'forest')];
  const found: Record<Name, Awaited<ReturnType<typeof measured>>>[] = [];
  for (let round = 0; round < rounds; round++) {
    const row: Partial<(typeof found)[number]> = {};
    for (const name of round % 2 === 0 ? names : names.toReversed()) row[name] = await measured(shapes[name]);
    found.push(row as (typeof found)[number]);
  }
  const lines = [
    `\`npm run bench -- rivals --rounds ${rounds} --seconds ${seconds} --connections ${connections}\`, ${new Date().toISOString().slice(0, 10)}: ` +
      `${cpus().length} × ${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)} at the end; medians of ${rounds} rounds, ` +
      `lowest and highest beside them. Python: ${readFileSync(join(here, 'requirements.txt'), 'utf8').trim().split('\n').join(', ')}; uvloop, httptools, ` +
      `${cpus().length} workers. wrk, the servers and PostgreSQL share the cores. The imported models say what their libraries say, but for ` +
      `${apart.map((each) => each.toExponential(0)).join(' and ')} of a probability in 200 rows.`,
    '',
    '| | requests a second | p50 | p99 |',
    '| --- | --- | --- | --- |',
    ...RATIOS.map(([one, other]) => {
      const of = (figure: 'perSecond' | 'p50Ms' | 'p99Ms') =>
        ratio(found.map((row) => row[one][figure] / row[other][figure]));
      return `| ${shapes[one].name}, by ${shapes[other].name} | ${of('perSecond')} | ${of('p50Ms')} | ${of('p99Ms')} |`;
    }),
    '',
    '| | a second | p50, ms | p99, ms |',
    '| --- | --- | --- | --- |',
    ...names.map((name) => {
      const of = (figure: 'perSecond' | 'p50Ms' | 'p99Ms') => shown(median(found.map((row) => row[name][figure])));
      return `| ${shapes[name].name} | ${of('perSecond')} | ${of('p50Ms')} | ${of('p99Ms')} |`;
    }),
  ];
  console.log(lines.join('\n'));
  if (values.write) {
    const page = join(root, 'docs', 'benchmarks.md');
    const text = readFileSync(page, 'utf8');
    const [begin, end] = ['<!-- rivals -->', '<!-- /rivals -->'];
    if (!text.includes(begin)) throw new Error(`${page} has no place for it`);
    const [before, rest] = text.split(begin);
    writeFileSync(page, `${before}${begin}\n\n${lines.join('\n')}\n\n${end}${rest.split(end)[1]}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
