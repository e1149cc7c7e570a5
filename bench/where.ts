/**
 * Where a decision's processor time over HTTP goes: the server under load by wrk with V8's sampling profiler, its samples by what the code
 * that was running belongs to, beside what the operating system counted of the whole process and of PostgreSQL.
 *
 *   node bench/where.ts [--seconds 10] [--connections 64] [--functions 0]
 *
 * Prints Markdown: microseconds of a decision, of the thread that decides and of those beside it. `--functions 40` lists the functions with most
 * time of their own too. Parts are samples: the order of the large ones holds, the last microsecond does not.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { body, start, stop } from './http-load.ts';
import { processesNaming, processorMs } from './process-stat.ts';
import { scratch } from './scratch.ts';
import { wrk } from './wrk.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    functions: { type: 'string', default: '0' },
  },
});
const root = join(import.meta.dirname, '..');

/** The first that fits the innermost frame that fits any: a runtime's function belongs to what called it. */
const PARTS: [name: string, RegExp][] = [
  ['words of reasons and sentences', /features\/(words|about)|policy\/(explain|sentence)|words-by-type|domain\/words/],
  ['score and exact attribution', /src\/(models|kernel)\/|wasm/],
  ['features', /src\/features\//],
  ['profiles: reading, learning', /src\/profiles\/|engine\/(fold|learning|lesson|event)/],
  ['policy', /src\/policy\/|engine\/policy\//],
  ['drift, backtest columns, shadow, canary', /engine\/(drift|columns|shadow|canary|challengers|proof|guard|backtest)/],
  ['id look-up', /journal\/local\/(index|bloom)|findEarlier|takenMeanwhile/],
  ['record: encoding', /journal\/local\/(packed|frame|batch|contents|erase)|journal\/(encode|text)/],
  ['journal: writing, acknowledging', /src\/journal\//],
  ['decide: the rest', /src\/engine\//],
  ['reading JSON, names given twice', /api\/(read-json|bounded-json|bare)|intake\/digits|domain\/repeated-name/],
  ['hash of the body', /intake\/(body-hash|canonical)/],
  [
    'validation, canonical forms',
    /src\/intake\/|api\/validate|api\/card-numbers|api\/names|domain\/(cards|email|address|country|money|currency)/,
  ],
  ['answer: view and JSON', /domain\/records|transactionView|serialize|api\/routes\/transactions/],
  ['keys, limits, headers, metrics', /src\/api\//],
  ['projection, feed, followers', /src\/projections\/|src\/app\/|src\/adapters\/|src\/narrator\/|node_modules\/pg/],
  ['fastify', /node_modules\/(fastify|@fastify|find-my-way|avvio)/],
  ['metrics library', /node_modules\/prom-client/],
  [
    'HTTP and sockets of Node',
    /node:(_http|internal\/(http|stream|net|timers|async|process)|net|http|events|stream|_stream)/,
  ],
  ['other', /./],
];

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  startTime: number;
  samples: number[];
  timeDeltas: number[];
}

type Spent = Map<string, number>;
const add = (spent: Spent, name: string, us: number) => spent.set(name, (spent.get(name) ?? 0) + us);

/** Microseconds between two times of the monotonic clock, by part and by function. */
function spentIn(profile: Profile, from: number, to: number): { parts: Spent; functions: Spent } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parent = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const told = new Map<number, { part: string; name: string }>();
  const partOf = (id: number | undefined): string => {
    const node = id === undefined ? undefined : nodes.get(id);
    if (!node) return 'other';
    const { functionName, url } = node.callFrame;
    if (functionName === '(garbage collector)') return 'collecting garbage';
    if (functionName === '(idle)') return '(idle)';
    if (functionName === '(program)') return 'native code without a frame';
    const found = PARTS.find(([name, fits]) => name !== 'other' && fits.test(`${url}#${functionName}`));
    return found ? found[0] : partOf(parent.get(id!));
  };
  const nameOf = (id: number) => {
    const { functionName, url } = nodes.get(id)!.callFrame;
    return `${functionName || '(anonymous)'} ${url.replace(`file://${root}/`, '')}`;
  };
  const parts: Spent = new Map();
  const functions: Spent = new Map();
  let at = profile.startTime;
  profile.samples.forEach((id, i) => {
    at += profile.timeDeltas[i];
    if (at < from || at > to) return;
    let known = told.get(id);
    if (!known) told.set(id, (known = { part: partOf(id), name: nameOf(id) }));
    add(parts, known.part, profile.timeDeltas[i]);
    add(functions, known.name, profile.timeDeltas[i]);
  });
  return { parts, functions };
}

const monotonicUs = () => Number(process.hrtime.bigint() / 1000n);
/** Processor time so far of each thread of a process, milliseconds, with the name that it goes by. */
const threadsOf = (pid: number): Map<string, { name: string; ms: number }> =>
  new Map(
    readdirSync(`/proc/${pid}/task`).map((task) => {
      const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'latin1');
      const fields = stat.split(') ').at(-1)!.split(' ');
      const name =
        task === String(pid) ? 'the deciding thread' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return [task, { name, ms: 10 * (Number(fields[11]) + Number(fields[12])) }];
    }),
  );

const folder = scratch('where');
try {
  const profiling = ['--cpu-prof', `--cpu-prof-dir=${folder}/profiles`, '--cpu-prof-interval=250'];
  const env = { ASSAY_DATA_DIR: join(folder, 'data'), RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn' };
  const server = await start([...profiling, join(root, 'bin/assay.js'), 'serve', '--port', '0'], env);
  const pid = server.child.pid!;
  const payments = Array.from({ length: 20_000 }, (_, i) => body(i));
  const connections = Number(values.connections);
  const pay = (seconds: number) => wrk(`${server.url}/api/transactions`, payments, { folder, connections, seconds });
  await pay(6);
  const others = () =>
    processesNaming(join(folder, 'data')).reduce((sum, other) => (other === pid ? sum : sum + processorMs(other)), 0);
  const before = { postgres: others(), threads: threadsOf(pid), load: processorMs(process.pid, 'with children') };
  const from = monotonicUs();
  const { answers: decided } = await pay(Number(values.seconds));
  const to = monotonicUs();
  const used: Spent = new Map();
  for (const [task, { name, ms }] of threadsOf(pid)) add(used, name, 1000 * (ms - (before.threads.get(task)?.ms ?? 0)));
  add(used, 'PostgreSQL', 1000 * (others() - before.postgres));
  add(used, 'wrk', 1000 * (processorMs(process.pid, 'with children') - before.load));
  const mainUs = used.get('the deciding thread')!;
  await stop(server.child);

  const profiles = readdirSync(join(folder, 'profiles')).map((name) => {
    const thread = Number(/\.(\d+)\.\d+\.cpuprofile$/.exec(name)?.[1] ?? 0);
    const profile = JSON.parse(readFileSync(join(folder, 'profiles', name), 'utf8')) as Profile;
    return { thread, ...spentIn(profile, from, to) };
  });
  const perDecision = (us: number) => (us / decided).toFixed(1);
  console.log(
    `${decided} decisions in ${values.seconds} s by ${values.connections} connections; ${cpus().length} × ${cpus()[0].model}, ` +
      `Node ${process.version}, load ${loadavg()[0].toFixed(1)}\n`,
  );
  console.log('| processor time by the operating system | µs a decision |\n| --- | --- |');
  const all = [...used.values()].reduce((sum, us) => sum + us, 0);
  for (const [name, us] of [...used].toSorted(([, a], [, b]) => b - a)) console.log(`| ${name} | ${perDecision(us)} |`);
  console.log(`| all | ${perDecision(all)} |`);
  for (const { thread, parts, functions } of profiles.toSorted((a, b) => a.thread - b.thread)) {
    const busy = [...parts].filter(([name]) => name !== '(idle)');
    const all = busy.reduce((sum, [, us]) => sum + us, 0);
    if (all < 50_000) continue;
    // Samples count time that the machine gave to others: their sum is brought to what the operating system counted.
    const scale = thread === Math.min(...profiles.map((each) => each.thread)) ? mainUs / all : 1;
    console.log(`\n| thread ${thread}, by samples | µs a decision | share |\n| --- | --- | --- |`);
    for (const [name, us] of busy.toSorted(([, a], [, b]) => b - a))
      console.log(`| ${name} | ${perDecision(us * scale)} | ${((100 * us) / all).toFixed(1)}% |`);
    for (const [name, us] of [...functions].toSorted(([, a], [, b]) => b - a).slice(0, Number(values.functions)))
      console.log(`    ${perDecision(us * scale).padStart(6)}  ${name}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
