import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of our own on the loopback, shot at over sockets as anybody would. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly admin: string;
  /** Bytes of memory that its process has. */
  memory(): number;
  send(shot: Shot): Promise<Reply>;
  close(): void;
}

export interface Shot {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer | undefined;
}

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  ms: number;
}

/** An answer takes no longer, on a machine that does other work too. */
const LONGEST_MS = 30_000;

export function targetOf(url: string, pid: number, admin: string): Target {
  const { hostname: host, port } = new URL(url);
  if (host !== '127.0.0.1') throw new Error(`${host}: only a server of our own on the loopback is attacked`);
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  return {
    ...{ host, port: Number(port), admin },
    memory() {
      const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return Number(line?.[1]) * 1024;
    },
    send: ({ method, path, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const out = request({ agent, host, port, method, path, headers, timeout: LONGEST_MS }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              ...{ status: response.statusCode!, headers: response.headers, ms: performance.now() - began },
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        });
        out.on('timeout', () => out.destroy(new Error(`no answer within ${LONGEST_MS} ms`)));
        out.on('error', reject);
        out.end(body);
      }),
    close: () => agent.destroy(),
  };
}

export interface Watched {
  /** Waits of a bystander, milliseconds, ascending. */
  waits: number[];
  failures: string[];
}

/** Asks as a bystander while something goes on: how long others wait is what an attack is after. */
export async function beside<T>(target: Target, work: () => Promise<T>): Promise<{ result: T; watched: Watched }> {
  const watched: Watched = { waits: [], failures: [] };
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      await target.send({ method: 'GET', path: '/api/v1/utils/health-check/' }).then(
        ({ status, ms }) => void (status === 200 ? watched.waits.push(ms) : watched.failures.push(String(status))),
        (error) => void watched.failures.push(String(error)),
      );
      await sleep(20);
    }
  })();
  try {
    return { result: await work(), watched };
  } finally {
    isOver = true;
    await asking;
    watched.waits.sort((a, b) => a - b);
  }
}
