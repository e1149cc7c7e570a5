import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/training/gbdt/random.ts';

/** One payment of the load: its id and body never change, so it can be sent again. */
export interface Payment {
  id: string;
  body: string;
}

/** A shop's traffic with shared devices and repeated users, seeded: `count` payments with ids `p0`, `p1`, … */
export function payments(count: number, seed: number, from = 0): Payment[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const id = `p${from + i}`;
    const user = Math.floor(random() ** 2 * 200);
    const body = {
      id,
      userId: `u${user}`,
      amount: Math.round(random() * 20_000) / 100,
      cardId: `c${user}-${Math.floor(random() * 2)}`,
      deviceId: `d${Math.floor(random() * 150)}`,
      merchantId: `m${Math.floor(random() * 20)}`,
      ip: `10.0.${Math.floor(random() * 4)}.${Math.floor(random() * 250)}`,
      email: `u${user}@mail${user % 5}.example`,
      country: random() < 0.9 ? 'US' : 'CA',
      latitude: Math.round((30 + random() * 15) * 100) / 100,
      longitude: -Math.round((70 + random() * 50) * 100) / 100,
      productCategory: ['Groceries', 'Fashion', 'Electronics', 'Travel'][Math.floor(random() * 4)],
      channel: 'web',
    };
    return { id, body: JSON.stringify(body) };
  });
}

export interface Posted {
  status: number;
  body: string;
}

/** Posts over kept-alive connections. Rejects where the connection breaks. */
export function poster(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Posted> {
    return new Promise((resolve, reject) => {
      const out = request(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode!, body: text }));
          response.on('error', reject);
          response.on('aborted', () => reject(new Error('aborted')));
        },
      );
      out.on('error', reject);
      out.end(body);
    });
  }
  return { post, close: () => agent.destroy() };
}

/** Runs `work` over the items with so many at once; stops taking new ones once `stopped` says so. */
export async function inParallel<T>(
  items: T[],
  width: number,
  work: (item: T) => Promise<void>,
  stopped: () => boolean = () => false,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < items.length && !stopped()) await work(items[next++]);
    }),
  );
}

/** Waits until `holds` answers true; throws with `what` after the limit. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 20_000): Promise<void> {
  for (let waited = 0; waited < limitMs; waited += 50) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`waited ${limitMs} ms in vain until ${what}`);
}
