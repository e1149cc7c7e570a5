/**
 * What a challenger in shadow costs a decision: the same server under the same load, with and without one, in turns.
 *
 *   node bench/shadow.ts [--seconds 20] [--rate 500] [--turns 2]
 *
 * Prints JSON, by turn and in the middle: latency of the answer (p50, p99), of the decision itself, and the server's
 * processor time a decision, which the noise of a shared machine touches least.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bringChallenger, load, serve } from './served.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '500' },
    turns: { type: 'string', default: '2' },
  },
});
const options = { seconds: Number(values.seconds), rate: Number(values.rate) };
const names = ['p50Ms', 'p99Ms', 'decisionP99Ms', 'processorUs'] as const;
type Figures = Awaited<ReturnType<typeof load>>;

function median(turns: Figures[], name: (typeof names)[number]): number {
  const sorted = turns.map((each) => each[name]).sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const server = await serve();
try {
  const version = await bringChallenger(server);
  await load(server, { ...options, seconds: 4 });
  const without: Figures[] = [];
  const beside: Figures[] = [];
  for (let turn = 0; turn < Number(values.turns); turn++) {
    without.push(await load(server, options));
    await server.ask('POST', `/api/models/${version}/shadow`);
    beside.push(await load(server, options));
    await sleep(200);
    await server.ask('DELETE', '/api/models/shadow');
  }
  const middle = (turns: Figures[]) => Object.fromEntries(names.map((name) => [name, median(turns, name)]));
  const { count, dropped } = await server.ask<{ count: number; dropped: number }>(
    'GET',
    `/api/models/${version}/comparison`,
  );
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  const medians = { without: middle(without), with: middle(beside) };
  console.log(
    JSON.stringify({ machine, ...options, without, with: beside, medians, shadow: { count, dropped } }, null, 2),
  );
} finally {
  await server.stop();
}
