/** Traffic on a fleet at a steady pace, half by HTTP and half by Kafka, each payment sent until it is acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import type { FleetLog } from './fleet-log.ts';
import { inParallel, type Payment, type Posted, poster } from './load.ts';

/** What a client was told, and when. */
export interface Sent {
  /** First attempt and acknowledgement, milliseconds since the epoch. */
  at: number;
  until: number;
  by: 'http' | 'kafka';
  /** Of HTTP: the answer's own words of the decision. */
  answer?: { createdAt: string; probability: number; degraded: boolean };
}

export interface Phase {
  sent: Map<string, Sent>;
  attempts: number;
  failed: number;
  /** When the last attempt failed; undefined where none did. */
  lastFailure: number | undefined;
  failures: Map<string, number>;
}

const WIDTH = 48;
const ANSWER_MS = 12_000;
const AGAIN_MS = 100;

/** Sends them over so many seconds; resolves once each is acknowledged. */
export async function sendAll(fleet: Fleet, log: FleetLog, payments: Payment[], seconds: number): Promise<Phase> {
  const phase: Phase = { sent: new Map(), attempts: 0, failed: 0, lastFailure: undefined, failures: new Map() };
  const clients = new Map<string, ReturnType<typeof poster>>();
  const clientOf = (url: string) => {
    if (!clients.has(url)) clients.set(url, poster(url, WIDTH));
    return clients.get(url)!;
  };
  const began = performance.now();
  const due = async (i: number) => {
    const wait = began + (i / payments.length) * seconds * 1_000 - performance.now();
    if (wait > 0) await sleep(wait);
  };
  const fail = (reason: string) => {
    phase.failed++;
    phase.lastFailure = Date.now();
    phase.failures.set(reason, (phase.failures.get(reason) ?? 0) + 1);
  };

  /** As a client behind a balancer does it: the next attempt goes to the next server. */
  async function byHttp({ id, body }: Payment, i: number): Promise<void> {
    const at = Date.now();
    for (let attempt = 0; ; attempt++) {
      const { url } = fleet.servers[(i + attempt) % fleet.servers.length];
      phase.attempts++;
      const answer = await inTime(clientOf(url).post('/api/transactions', body)).catch((error: Error) => error);
      if (!(answer instanceof Error) && answer.status === 201) {
        const { createdAt, probability, degraded = false } = JSON.parse(answer.body);
        phase.sent.set(id, { at, until: Date.now(), by: 'http', answer: { createdAt, probability, degraded } });
        return;
      }
      fail(answer instanceof Error ? answer.message.replace(/ .*/, '') : String(answer.status));
      await sleep(AGAIN_MS);
    }
  }

  async function byKafka({ id, body }: Payment): Promise<void> {
    const at = Date.now();
    for (;;) {
      try {
        await log.sendOne(body);
        phase.sent.set(id, { at, until: Date.now(), by: 'kafka' });
        return;
      } catch {
        await sleep(AGAIN_MS);
      }
    }
  }

  const numbered = payments.map((payment, i) => ({ payment, i }));
  const half = (rest: number) => numbered.filter(({ i }) => i % 2 === rest);
  await Promise.all([
    inParallel(half(0), WIDTH, async ({ payment, i }) => {
      await due(i);
      await byHttp(payment, i / 2);
    }),
    inParallel(half(1), WIDTH, async ({ payment, i }) => {
      await due(i);
      await byKafka(payment);
    }),
  ]);
  for (const client of clients.values()) client.close();
  return phase;
}

function inTime(answer: Promise<Posted>): Promise<Posted> {
  answer.catch(() => {});
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('silence')), ANSWER_MS);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
