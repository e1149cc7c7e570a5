import type { FastifyReply, FastifyRequest } from 'fastify';
import { AssayError } from '../domain/errors.ts';
import { bodyHash, sha256 } from '../intake/canonical.ts';
import type { Journal } from '../journal/journal.ts';

const DAY_MS = 86_400_000;
const MAX_KEY = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: printable is what is left
const UNPRINTABLE = /[\u0000-\u001f\u007f]/;

/** The caller's Idempotency-Key, or undefined. Throws `invalid_request` where it is not 1 to 255 printable characters. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const value = request.headers['idempotency-key'];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > MAX_KEY || UNPRINTABLE.test(value))
    throw new AssayError('invalid_request', `Idempotency-Key must be 1 to ${MAX_KEY} printable characters.`, {
      errors: [{ path: '/headers/idempotency-key', message: `must be 1 to ${MAX_KEY} printable characters` }],
    });
  return value;
}

/**
 * The name under which the journal holds what an Idempotency-Key did: `<prefix>:<caller>:<hash>.<day>`. It carries the
 * day, so that it means something new 24 h later; yesterday's name counts as long as its record is younger than that.
 */
export async function idempotentName(
  request: FastifyRequest,
  key: string,
  journal: Journal,
  now: number,
  prefix: string,
): Promise<string> {
  const stem = `${prefix}:${request.apiKey?.id ?? 'anon'}:${sha256(`${route(request)}\n${key}`)}`;
  const today = Math.floor(now / DAY_MS);
  const yesterday = `${stem}.${today - 1}`;
  const earlier = journal.recent(yesterday)?.record ?? (await journal.find(yesterday));
  return earlier && now - earlier.at < DAY_MS ? yesterday : `${stem}.${today}`;
}

/** Method and path, without the query and a trailing slash. */
function route(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0].replace(/\/+$/, '');
  return `${request.method} ${path}`;
}

interface Remembered {
  bodyHash: string;
  at: number;
  weight: number;
  answer: Promise<unknown>;
}

export interface OneAnswer<T> {
  bodyHash: string;
  /** Roughly the KiB that the answer takes, such as its rows. */
  weight: number;
  compute: () => Promise<T>;
}

/** Answers of requests that leave no record, kept in memory for 24 h; the oldest go beyond the bound. */
export interface AnswerMemory {
  /** The answer of `compute`, or the earlier one of the same key and body. Another body throws `idempotency_conflict`. */
  once<T>(request: FastifyRequest, what: () => OneAnswer<T>): Promise<{ answer: T; replayed: boolean }>;
}

const MAX_WEIGHT = 30_000;

export function createAnswerMemory(clock: () => number, maxWeight = MAX_WEIGHT): AnswerMemory {
  const answers = new Map<string, Remembered>();
  let held = 0;
  const forget = (name: string) => {
    held -= answers.get(name)?.weight ?? 0;
    answers.delete(name);
  };
  return {
    async once<T>(request: FastifyRequest, what: () => OneAnswer<T>) {
      const { bodyHash, weight, compute } = what();
      const key = idempotencyKey(request);
      if (key === undefined) return { answer: await compute(), replayed: false };
      const name = `${request.apiKey?.id ?? 'anon'}\n${route(request)}\n${key}`;
      const now = clock();
      const known = answers.get(name);
      if (known && now - known.at < DAY_MS) {
        if (known.bodyHash !== bodyHash) throw otherBody();
        return { answer: (await known.answer) as T, replayed: true };
      }
      const answer = compute();
      forget(name);
      answers.set(name, { bodyHash, at: now, weight, answer });
      held += weight;
      while (held > maxWeight) forget(answers.keys().next().value!);
      // A failure is not an answer: the next attempt computes again.
      answer.catch(() => {
        if (answers.get(name)?.answer === answer) forget(name);
      });
      return { answer: await answer, replayed: false };
    },
  };
}

/** The same for a route: `asked` is what tells a repetition from another body; a repetition is marked as one. */
export async function answerOnce<T>(
  memory: AnswerMemory,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: unknown,
  compute: () => Promise<T>,
  weight = 1,
): Promise<T> {
  const hash = request.headers['idempotency-key'] === undefined ? '' : bodyHash(asked);
  const { answer, replayed } = await memory.once(request, () => ({ bodyHash: hash, weight, compute }));
  if (replayed) reply.header('idempotent-replayed', 'true');
  return answer;
}

export function otherBody(): AssayError {
  return new AssayError('idempotency_conflict', 'This Idempotency-Key was used with another body.');
}
