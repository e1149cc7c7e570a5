/** Durable payments over HTTP, against servers that a bench starts: what http.ts and against.ts have in common. */
import { type ChildProcess, spawn } from 'node:child_process';
import autocannon from 'autocannon';

/** Bodies of a shop's traffic: 5,000 users with a card and a device each, 300 merchants. */
export function body(i: number): string {
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

/** Seconds of payments by so many connections; with `rate`, so many a second by all of them. */
export async function load(url: string, options: { connections: number; duration: number; rate?: number }) {
  const { connections } = options;
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

/** Starts Node with a command that prints where it listens. */
export async function start(
  command: string[],
  env: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
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

export async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export function figures(result: autocannon.Result) {
  return {
    perSecond: Math.round(result['2xx'] / result.duration),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    not2xx: result.non2xx,
    errors: result.errors,
  };
}
