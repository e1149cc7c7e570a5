import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import { bodyHash } from '../intake/canonical.ts';
import type { Api } from './api.ts';
import { IdempotencyHeader } from './contract/common.ts';
import { idempotencyKey, otherBody, subjectOf } from './idempotency.ts';

/** An answer as it was sent. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What a request came to that began before: the answer, or undefined where it failed and may be tried again. */
export type Earlier = { bodyHash: string; answer: Promise<KeptAnswer | undefined> };

/** Answers of requests by the hash of route and Idempotency-Key, for at least 24 h within its bound. */
export interface AnswerMemory {
  /** What began before under this name; undefined where this is the first, which then must `settle`. `key`: the Idempotency-Key. */
  begin(name: string, bodyHash: string, key: string): Promise<Earlier | undefined>;
  /** The first one's answer; none where it failed: the next attempt is the first again. */
  settle(name: string, answer: KeptAnswer | undefined): Promise<void>;
}

const DAY_MS = 86_400_000;
const MAX_BYTES = 32 * 1024 * 1024;
/** What of an answer is more than its body. */
const KEPT_HEADERS = ['content-type', 'location', 'set-cookie'];

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who remembers this route's answers: the journal, by the Idempotency-Key itself; this process alone, where they are
     * worth nothing to another; else the store of answers.
     */
    idempotency?: 'journal' | 'process';
  }
  interface FastifyRequest {
    /** An answer that is being made. */
    answering: { name: string; memory: AnswerMemory } | undefined;
  }
}

/** Every POST answers a repetition of its Idempotency-Key with what it answered first; failures are not kept. */
export function rememberAnswers(app: Api, kept: AnswerMemory, ofProcess: AnswerMemory): void {
  app.decorateRequest('answering', undefined);
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST' || route.schema?.hide) return;
    route.schema = { headers: IdempotencyHeader, ...route.schema };
    if (route.config?.idempotency === 'journal') return;
    route.preHandler = [replay, ...[route.preHandler ?? []].flat()];
    route.onSend = [...[route.onSend ?? []].flat(), keep];
  });

  async function replay(request: FastifyRequest, reply: FastifyReply) {
    const key = idempotencyKey(request);
    if (key === undefined) return;
    const name = subjectOf(request, key);
    const hash = bodyHash(request.body ?? null);
    const memory = request.routeOptions.config.idempotency === 'process' ? ofProcess : kept;
    for (;;) {
      const earlier = await memory.begin(name, hash, key);
      if (!earlier) {
        request.answering = { name, memory };
        return;
      }
      if (earlier.bodyHash !== hash) throw otherBody();
      const answer = await earlier.answer;
      if (!answer) continue;
      return reply
        .code(answer.status)
        .headers({ ...answer.headers, 'idempotent-replayed': 'true' })
        .serializer((text: string) => text)
        .send(answer.body);
    }
  }

  async function keep(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
    if (request.answering === undefined) return;
    const { name, memory } = request.answering;
    request.answering = undefined;
    const { statusCode: status } = reply;
    const kept = status < 300 && (typeof payload === 'string' || payload === undefined || payload === null);
    const headers = Object.fromEntries(
      KEPT_HEADERS.flatMap((header) => (reply.hasHeader(header) ? [[header, String(reply.getHeader(header))]] : [])),
    );
    await memory.settle(name, kept ? { status, headers, body: (payload as string) ?? '' } : undefined);
  }
}

interface Held {
  bodyHash: string;
  at: number;
  bytes: number;
  answer: Promise<KeptAnswer | undefined>;
  settle: (answer: KeptAnswer | undefined) => void;
}

/** The memory of one process. Beyond the bound the oldest answers go. */
export function createAnswerMemory(clock: Clock, maxBytes = MAX_BYTES): AnswerMemory {
  const answers = new Map<string, Held>();
  let heldBytes = 0;
  const forget = (name: string) => {
    heldBytes -= answers.get(name)?.bytes ?? 0;
    answers.delete(name);
  };
  return {
    async begin(name, hash) {
      const known = answers.get(name);
      if (known && clock() - known.at < DAY_MS) return known;
      forget(name);
      const { promise, resolve } = Promise.withResolvers<KeptAnswer | undefined>();
      answers.set(name, { bodyHash: hash, at: clock(), bytes: 0, answer: promise, settle: resolve });
      return undefined;
    },
    async settle(name, answer) {
      const held = answers.get(name);
      if (!held) return;
      if (answer) {
        held.bytes = 256 + 2 * answer.body.length;
        heldBytes += held.bytes;
      } else forget(name);
      held.settle(answer);
      for (const [oldest, { bytes }] of answers) {
        if (heldBytes <= maxBytes) break;
        if (bytes > 0) forget(oldest);
      }
    },
  };
}
