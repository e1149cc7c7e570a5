/**
 * Durable decisions a second over HTTP, the whole path: parse, validate, decide, journal, fsync, answer. The server and
 * the load share this machine's cores. Beside it, in the same run, a baseline: the same fastify answering a constant.
 *
 *   node bench/http.ts [--seconds 15] [--connections 64]
 *
 * Prints JSON: saturation, then latency at half of it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, connections: { type: 'string', default: '64' } },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const root = join(import.meta.dirname, '..');

/** Bodies of a shop's traffic: 5,000 users with a card and a device each, 300 merchants. */
function body(i: number): string {
  const user = (i * 2_654_435_761) % 5_000;
  return JSON.stringify({
    userId: `user_${user}`,
    amount: 5 + ((i * 37) % 20_000) / 100,
    currency: 'USD',
    productCategory: ['Groceries', 'Fashion', 'Electronics'][i % 3],
    merchantId: `merchant_${(i * 31) % 300}`,
    cardId: `card_${user}`,
    deviceId: `device_${user}`,
    ip: `10.${user >> 8}.${user & 255}.1`,
    email: `user${user}@example.com`,
    country: 'US',
    channel: 'web',
    accountAgeDays: 100 + (user % 900),
  });
}

async function load(url: string, options: { duration: number; rate?: number }) {
  let i = 0;
  return autocannon({
    url: `${url}/api/transactions`,
    connections,
    duration: options.duration,
    overallRate: options.rate,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: body(i++) }),
      },
    ],
  });
}

async function start(command: string[], env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += chunk;
      const match = /at (http:\/\/\S+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
  return { child, url };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function figures(result: autocannon.Result) {
  return {
    perSecond: Math.round(result['2xx'] / result.duration),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    not2xx: result.non2xx,
    errors: result.errors,
  };
}

const baselineServer = `
  import Fastify from '${join(root, 'node_modules/fastify/fastify.js')}';
  const app = Fastify();
  app.post('/api/transactions', (request, reply) => reply.code(201).send({ id: 'x', decision: 'approve' }));
  console.log('at ' + (await app.listen({ port: 0 })));
`;
const baseline = await start(['--input-type=module', '-e', baselineServer], {});
await load(baseline.url, { duration: 3 });
const constant = figures(await load(baseline.url, { duration: Math.min(seconds, 8) }));
await stop(baseline.child);

const dataDir = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const server = await start([join(root, 'bin/assay.js'), 'serve', '--port', '0'], {
  ASSAY_DATA_DIR: dataDir,
  RATE_LIMIT_MAX: '0',
  LOG_LEVEL: 'warn',
});
try {
  await load(server.url, { duration: 5 });
  const saturated = figures(await load(server.url, { duration: seconds }));
  const half = figures(await load(server.url, { duration: seconds, rate: Math.round(saturated.perSecond / 2) }));
  const ratio = Math.round((100 * saturated.perSecond) / constant.perSecond) / 100;
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  console.log(
    JSON.stringify({ machine, connections, saturated, half, baseline: constant, ratioToBaseline: ratio }, null, 2),
  );
} finally {
  await stop(server.child);
  rmSync(dataDir, { recursive: true, force: true });
}
