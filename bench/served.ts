/** A server in a process of its own with a folder of its own, and the load that benches put on it. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { loadArtifact, saveArtifact } from '../src/models/artifact.ts';
import { scratch } from './scratch.ts';

const root = join(import.meta.dirname, '..');
const shipped = join(root, 'models', 'transactions');

export interface Served {
  url: string;
  folder: string;
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export async function serve(env: Record<string, string> = {}): Promise<Served> {
  const folder = scratch('bench');
  const child = spawn(process.execPath, [join(root, 'bin/assay.js'), 'serve', '--port', '0'], {
    env: { ...process.env, ASSAY_DATA_DIR: join(folder, 'data'), RATE_LIMIT_MAX: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      const match = /at (http:\/\/\S+)/.exec(String(chunk));
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    url,
    folder,
    async ask<T>(method: string, path: string, body?: unknown) {
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await fetch(url + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text === '' ? {} : /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text) as T;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The shipped model under another version, brought in: it costs what the champion costs. */
export async function bringChallenger({ ask, folder }: Served): Promise<string> {
  const { head } = loadArtifact(shipped);
  const body = readFileSync(join(shipped, 'model.bin'));
  const directory = join(folder, 'challenger');
  saveArtifact(directory, { ...head, thresholds: { review: 0.2, decline: 0.9 } }, body);
  const model = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8'));
  const { version } = await ask<{ version: string }>('POST', '/api/models', { model, body: body.toString('base64') });
  return version;
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

export async function load({ url, ask }: Served, options: { seconds: number; rate: number; connections?: number }) {
  const before = await processorSeconds(ask);
  const result = await autocannon({
    url: `${url}/api/transactions`,
    connections: options.connections ?? 32,
    duration: options.seconds,
    overallRate: options.rate,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: payment() }),
      },
    ],
  });
  const window = `${Math.max(2, options.seconds - 1)}s`;
  const stats = await ask<{ latencyMs: { p99: number } }>('GET', `/api/transactions/stats?window=${window}`);
  return {
    answers: result['2xx'],
    errors: result.errors + result.non2xx,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    decisionP99Ms: stats.latencyMs.p99,
    processorUs: Math.round((((await processorSeconds(ask)) - before) / result['2xx']) * 1e6),
  };
}

async function processorSeconds(ask: Served['ask']): Promise<number> {
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(await ask<string>('GET', '/metrics'))![1]);
}
