/**
 * This build beside another revision, which is built in a folder of its own for it: `npm run bench -- --against REV`. Each pair is
 * both of them in fresh processes, one after the other, the order turned from pair to pair, so that what the machine does besides
 * falls on both. Ratios come first: the median of the pairs', with the lowest and the highest.
 *
 *   node bench/against.ts REV [--pairs 5] [--seconds 8] [--connections 64] [--payments 20000] [--only process|http|replay]
 *     [--file history.csv.gz]
 *
 * In process: profiles-cost/measure.ts. Replay (where --file is given): each revision's own bench/replay.ts on a handbook file, by processor time. Over HTTP: durable decisions a second, and the processor time that the server's process took
 * for one, which holds where others use the machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figures, load, start, stop } from './http-load.ts';
import { processorMs } from './process-stat.ts';
import { scratch } from './scratch.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '64' },
    payments: { type: 'string', default: '20000' },
    only: { type: 'string' },
    file: { type: 'string' },
  },
});
const [revision] = positionals;
if (revision === undefined) throw new Error('Name the revision to compare with.');
const here = join(import.meta.dirname, '..');
const [seconds, connections] = [Number(values.seconds), Number(values.connections)];

type Figures = Record<string, number>;
const isAsked = (what: string) => values.only === undefined || values.only === what;
if (values.only === 'replay' && values.file === undefined) throw new Error('--only replay needs a --file.');

/** A checkout with its packages: those of here where both ask for the same. */
function build(folder: string): void {
  execFileSync('git', ['worktree', 'add', '--detach', folder, revision], { cwd: here, stdio: 'ignore' });
  const lock = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (lock(folder) === lock(here)) symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'));
  else execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore' });
}

function inProcess(root: string): Figures {
  const script = join(import.meta.dirname, 'profiles-cost', 'measure.ts');
  const told = execFileSync(process.execPath, ['--expose-gc', script, root, values.payments], { encoding: 'utf8' });
  const { medianUs, p99Us, bytesPerEntity, recordBytes } = JSON.parse(told) as Figures;
  return {
    'in process, median µs': medianUs,
    'in process, p99 µs': p99Us,
    'bytes an entity': bytesPerEntity,
    'bytes of a record': recordBytes,
  };
}

/** Rows a second of processor time, as bench/replay.ts of either revision tells them. */
function replayed(root: string): Figures {
  const told = execFileSync(process.execPath, [join(root, 'bench/replay.ts'), values.file!], { encoding: 'utf8' });
  const [, rate] = /^replay: .*, ([\d,]+) rows\/s of processor time$/m.exec(told) ?? [];
  if (rate === undefined) throw new Error(`no replay was measured:\n${told}`);
  return { 'replay, rows a second of processor time': Number(rate.replaceAll(',', '')) };
}

async function overHttp(root: string): Promise<Figures> {
  const dataDir = scratch('against');
  const env = { ASSAY_DATA_DIR: dataDir, RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn' };
  const server = await start([join(root, 'bin/assay.js'), 'serve', '--port', '0'], env);
  try {
    await load(server.url, { connections, duration: 4 });
    const before = processorMs(server.child.pid!);
    const result = await load(server.url, { connections, duration: seconds });
    const usedMs = processorMs(server.child.pid!) - before;
    const { perSecond, p50Ms, p99Ms, not2xx, errors } = figures(result);
    if (not2xx + errors > 0) throw new Error(`${not2xx} answers were no decisions, and ${errors} requests failed.`);
    return {
      'over HTTP, decisions a second': perSecond,
      'over HTTP, p50 ms': p50Ms,
      'over HTTP, p99 ms': p99Ms,
      'over HTTP, processor µs a decision': (1000 * usedMs) / result['2xx'],
    };
  } finally {
    await stop(server.child);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const measure = async (root: string): Promise<Figures> => ({
  ...(isAsked('process') ? inProcess(root) : {}),
  ...(values.file !== undefined && isAsked('replay') ? replayed(root) : {}),
  ...(isAsked('http') ? await overHttp(root) : {}),
});
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const shown = (number: number) => number.toFixed(number < 100 ? 1 : 0);

const folder = join(mkdtempSync(join(tmpdir(), 'assay-revision-')), 'assay');
try {
  build(folder);
  const pairs: { then: Figures; now: Figures }[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const found: Partial<Record<'then' | 'now', Figures>> = {};
    for (const which of pair % 2 === 0 ? (['then', 'now'] as const) : (['now', 'then'] as const))
      found[which] = await measure(which === 'then' ? folder : here);
    pairs.push(found as { then: Figures; now: Figures });
  }
  const machine = `${cpus().length} × ${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`;
  console.log(`This build by ${revision}: medians of ${pairs.length} pairs; ${connections} connections; ${machine}\n`);
  console.log('| | ratio | lowest, highest | then | now |\n| --- | --- | --- | --- | --- |');
  for (const name of Object.keys(pairs[0].now)) {
    const ratios = pairs.map(({ then, now }) => now[name] / then[name]);
    const spread = `${Math.min(...ratios).toFixed(2)}, ${Math.max(...ratios).toFixed(2)}`;
    const [then, now] = [median(pairs.map((pair) => pair.then[name])), median(pairs.map((pair) => pair.now[name]))];
    console.log(`| ${name} | ${median(ratios).toFixed(2)} | ${spread} | ${shown(then)} | ${shown(now)} |`);
  }
} finally {
  execFileSync('git', ['worktree', 'remove', '--force', folder], { cwd: here, stdio: 'ignore' });
  rmSync(join(folder, '..'), { recursive: true, force: true });
}
