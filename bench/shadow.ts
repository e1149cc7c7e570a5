/**
 * What a challenger in shadow costs a decision: the same server under the same load, with and without one, in turns.
 * The challenger is the shipped model under another version, so it costs as much as the champion's score.
 *
 *   node bench/shadow.ts [--seconds 6] [--rate 500] [--turns 4]
 *
 * Prints JSON, by turn and over all: latency of the answer (p50, p99), latency of the decision itself, and the server's
 * processor time a decision, which the noise of a shared machine touches least.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { loadArtifact, saveArtifact } from '../src/models/artifact.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string', default: '500' },
    turns: { type: 'string', default: '4' },
  },
});
const seconds = Number(values.seconds);
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'assay-shadow-'));
const shipped = join(root, 'models', 'transactions');

function challenger(): { version: string; upload: string } {
  const { head } = loadArtifact(shipped);
  const body = readFileSync(join(shipped, 'model.bin'));
  const directory = join(folder, 'challenger');
  const version = saveArtifact(directory, { ...head, thresholds: { review: 0.2, decline: 0.9 } }, body);
  const model = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8'));
  return { version, upload: JSON.stringify({ model, body: body.toString('base64') }) };
}

let next = 0;
function payment(): string {
  const i = next++;
  const user = (i * 2_654_435_761) % 5_000;
  return JSON.stringify({
    userId: `user_${user}`,
    amount: 5 + ((i * 37) % 20_000) / 100,
    productCategory: ['Groceries', 'Fashion', 'Electronics'][i % 3],
    merchantId: `merchant_${(i * 31) % 300}`,
    cardId: `card_${user}`,
    deviceId: `device_${user}`,
    country: 'US',
    channel: 'web',
    accountAgeDays: 100 + (user % 900),
  });
}

async function load(url: string, duration: number) {
  const before = await processorSeconds(url);
  const result = await autocannon({
    url: `${url}/api/transactions`,
    connections: 32,
    duration,
    overallRate: Number(values.rate),
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: payment() }),
      },
    ],
  });
  const window = `${Math.max(2, duration - 1)}s`;
  const stats = await ask<{ latencyMs: { p99: number } }>(`${url}/api/transactions/stats?window=${window}`);
  const used = (await processorSeconds(url)) - before;
  return {
    answers: result['2xx'],
    errors: result.errors + result.non2xx,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    decisionP99Ms: stats.latencyMs.p99,
    processorUs: Math.round((used / result['2xx']) * 1e6),
  };
}

async function ask<T>(url: string): Promise<T> {
  return (await fetch(url)).json() as Promise<T>;
}

async function processorSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)![1]);
}

const server = spawn(process.execPath, [join(root, 'bin/assay.js'), 'serve', '--port', '0'], {
  env: { ...process.env, ASSAY_DATA_DIR: join(folder, 'data'), RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve) => {
  server.stdout.on('data', (chunk) => {
    const match = /at (http:\/\/\S+)/.exec(String(chunk));
    if (match) resolve(match[1]);
  });
});
try {
  const { version, upload } = challenger();
  const json = { 'content-type': 'application/json' };
  await fetch(`${url}/api/models`, { method: 'POST', headers: json, body: upload });
  await load(url, 4);
  const turns: Record<'without' | 'with', Awaited<ReturnType<typeof load>>[]> = { without: [], with: [] };
  for (let turn = 0; turn < Number(values.turns); turn++) {
    turns.without.push(await load(url, seconds));
    const started = await fetch(`${url}/api/models/${version}/shadow`, { method: 'POST' });
    if (!started.ok) throw new Error(await started.text());
    turns.with.push(await load(url, seconds));
    await sleep(200);
    await fetch(`${url}/api/models/shadow`, { method: 'DELETE' });
  }
  const median = (side: 'without' | 'with', name: 'p50Ms' | 'p99Ms' | 'decisionP99Ms' | 'processorUs') => {
    const sorted = turns[side].map((each) => each[name]).sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  };
  const names = ['p50Ms', 'p99Ms', 'decisionP99Ms', 'processorUs'] as const;
  const medians = Object.fromEntries(names.map((name) => [name, [median('without', name), median('with', name)]]));
  const comparison = await ask<{ count: number; dropped: number }>(`${url}/api/models/${version}/comparison`);
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  const { count, dropped } = comparison;
  console.log(
    JSON.stringify({ machine, rate: Number(values.rate), turns, medians, shadow: { count, dropped } }, null, 2),
  );
} finally {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
