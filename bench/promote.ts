/**
 * Promotion and rollback under load: two models are promoted in turn while payments come in. Prints JSON: answers, errors
 * and latency without and with promotions, and how long one takes.
 *
 *   node bench/promote.ts [--seconds 15] [--rate 500] [--every 500]
 */
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bringChallenger, load, serve } from './served.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '500' },
    every: { type: 'string', default: '500' },
  },
});
const options = { seconds: Number(values.seconds), rate: Number(values.rate) };

const server = await serve();
try {
  const { champion } = await server.ask<{ champion: string }>('GET', '/api/models');
  const versions = [await bringChallenger(server), champion];
  await load(server, { ...options, seconds: 4 });
  const without = await load(server, options);
  const took: number[] = [];
  let done = false;
  const promoting = (async () => {
    while (!done) {
      const began = performance.now();
      await server.ask('POST', `/api/models/${versions[took.length % 2]}/promote`);
      took.push(performance.now() - began);
      await sleep(Number(values.every));
    }
  })();
  const during = await load(server, options);
  done = true;
  await promoting;
  const sorted = took.sort((a, b) => a - b);
  const promotions = {
    count: took.length,
    medianMs: Math.round(sorted[sorted.length >> 1]),
    slowestMs: Math.round(sorted[sorted.length - 1]),
  };
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ machine, ...options, without, during, promotions }, null, 2));
} finally {
  await server.stop();
}
