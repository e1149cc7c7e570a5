import type { FastifyRequest } from 'fastify';
import { AssayError } from '../domain/errors.ts';
import { sha256 } from '../intake/canonical.ts';
import { unlessRemoved } from '../journal/removed.ts';
import type { Services } from './services.ts';

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

/** What an Idempotency-Key is about: the same one on another route is another thing. */
export function subjectOf(request: FastifyRequest, key: string): string {
  const path = request.url.split('?', 1)[0].replace(/\/+$/, '');
  return sha256(`${request.method} ${path}\n${key}`);
}

/**
 * The name under which the journal holds what an Idempotency-Key did: `<prefix>:<hash of route and key>`. Neither who asks nor
 * when is in it, so that a rotated API key and a clock that steps find what was done; it counts for as long as the journal
 * holds the record. For a day after the process began the names of the rule before are looked for too.
 */
export async function idempotentName(
  request: FastifyRequest,
  key: string,
  services: Pick<Services, 'journal' | 'clock' | 'startedAt'>,
  prefix: string,
): Promise<string> {
  const subject = subjectOf(request, key);
  return (await nameOfBefore(request, `${prefix}:`, subject, services)) ?? `${prefix}:${subject}`;
}

/** `<prefix>:<API key or anon>:<hash>.<UTC day>`, of a record younger than 24 h. */
async function nameOfBefore(
  request: FastifyRequest,
  prefix: string,
  subject: string,
  { journal, clock, startedAt }: Pick<Services, 'journal' | 'clock' | 'startedAt'>,
): Promise<string | undefined> {
  const now = clock();
  if (now - startedAt >= DAY_MS) return undefined;
  const today = Math.floor(now / DAY_MS);
  for (const caller of new Set([request.apiKey?.id ?? 'anon', 'anon']))
    for (const day of [today, today - 1]) {
      const name = `${prefix}${caller}:${subject}.${day}`;
      const earlier = journal.recent(name)?.record ?? (await unlessRemoved(journal.find(name)));
      if (earlier && now - earlier.at < DAY_MS) return name;
    }
  return undefined;
}

export function otherBody(): AssayError {
  return new AssayError('idempotency_conflict', 'This Idempotency-Key was used with another body.');
}
