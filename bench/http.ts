/**
 * Durable decisions a second over HTTP, the whole path: parse, validate, decide, journal, fsync, answer. The server and
 * the load share this machine's cores. Beside it, in the same run, a baseline: the same fastify answering a constant.
 *
 *   node bench/http.ts [--seconds 15] [--connections 64]
 *
 * Prints JSON: saturation, then latency at half of it.
 */
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { figures, load, start, stop } from './http-load.ts';
import { scratch } from './scratch.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, connections: { type: 'string', default: '64' } },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const root = join(import.meta.dirname, '..');

const baselineServer = `
  import Fastify from '${join(root, 'node_modules/fastify/fastify.js')}';
  const app = Fastify();
  app.post('/api/transactions', (request, reply) => reply.code(201).send({ id: 'x', decision: 'approve' }));
  console.log('at ' + (await app.listen({ port: 0 })));
`;
const baseline = await start(['--input-type=module', '-e', baselineServer], {});
await load(baseline.url, { connections, duration: 3 });
const constant = figures(await load(baseline.url, { connections, duration: Math.min(seconds, 8) }));
await stop(baseline.child);

const dataDir = scratch('bench');
const server = await start([join(root, 'bin/assay.js'), 'serve', '--port', '0'], {
  ASSAY_DATA_DIR: dataDir,
  RATE_LIMIT_MAX: '0',
  LOG_LEVEL: 'warn',
});
try {
  await load(server.url, { connections, duration: 5 });
  const saturated = figures(await load(server.url, { connections, duration: seconds }));
  const half = figures(
    await load(server.url, { connections, duration: seconds, rate: Math.round(saturated.perSecond / 2) }),
  );
  const ratio = Math.round((100 * saturated.perSecond) / constant.perSecond) / 100;
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  console.log(
    JSON.stringify({ machine, connections, saturated, half, baseline: constant, ratioToBaseline: ratio }, null, 2),
  );
} finally {
  await stop(server.child);
  rmSync(dataDir, { recursive: true, force: true });
}
