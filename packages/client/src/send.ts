import { AssayError, AssayUnreachable, type Problem } from './errors.ts';

export interface ClientOptions {
  /** Where Assay listens, such as `https://assay.example`. */
  url: string;
  /** An API key; a server on loopback without any key needs none. */
  key?: string;
  /** For one attempt, milliseconds; 10,000 by default. */
  timeoutMs?: number;
  /** Attempts after the first; 5 by default. */
  retries?: number;
  /** Instead of the platform's. */
  fetch?: typeof fetch;
}

export interface Sent {
  method: string;
  path: string;
  body: unknown;
  idempotencyKey: string | undefined;
  signal: AbortSignal | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A server that asks for a longer pause is not waited for: whoever calls is told. */
const LONGEST_ASKED_MS = 300_000;

/**
 * Sends until there is an answer. A GET may be repeated, and a POST too since it carries an Idempotency-Key, the same each time: what
 * was decided is told again. PUT and DELETE are repeated only where nothing was done (429). Throws AssayError or AssayUnreachable.
 */
export async function send(options: ClientOptions, sent: Sent): Promise<unknown> {
  const repeatable = sent.method === 'GET' || sent.method === 'POST';
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(options, sent);
    } catch (error) {
      sent.signal?.throwIfAborted();
      if (attempt >= (options.retries ?? 5) || !mayRepeat(error, repeatable)) throw error;
      const asked = error instanceof AssayError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
      if (asked > LONGEST_ASKED_MS) throw error;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
      await sleep(Math.max(asked, pause), sent.signal);
    }
  }
}

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (error instanceof AssayUnreachable) return repeatable;
  if (!(error instanceof AssayError)) return false;
  const { status, retryAfterSeconds } = error;
  if (status === 429) return true;
  // A 409 that says when to come again: an earlier attempt of the same key is still under way.
  return repeatable && (status >= 502 || (status === 409 && retryAfterSeconds !== undefined));
}

async function once(options: ClientOptions, { method, path, body, idempotencyKey, signal }: Sent): Promise<unknown> {
  const { url, key, timeoutMs = 10_000, fetch: ask = fetch } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await ask(under(url, path), {
      method,
      headers: {
        accept: 'application/json',
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    const why = timeout.aborted ? `within ${timeoutMs} ms` : `(${(cause as Error).message})`;
    throw new AssayUnreachable(`${method} ${path} got no answer ${why}.`, { cause });
  }
  const answer = parsed(text);
  // The page of a proxy is no decision.
  if (
    response.ok &&
    typeof answer === 'string' &&
    !/^text\/(?:csv|plain)/.test(response.headers.get('content-type') ?? '')
  )
    throw new AssayUnreachable(`${method} ${path} was answered with what is no JSON: is something else in between?`);
  if (response.ok) return answer;
  const after = secondsOf(response.headers.get('retry-after'));
  const problem = answer !== null && typeof answer === 'object' ? (answer as Problem) : {};
  throw new AssayError(response.status, problem, Number.isFinite(after) ? after : undefined);
}

/** The address of a path below that of a server, which may have a path itself. */
export const under = (url: string, path: string): URL => new URL(`${url.replace(/\/+$/, '')}${path}`);

/** Of `Retry-After`: seconds, or a date. */
function secondsOf(text: string | null): number {
  if (text === null || text.trim() === '') return Number.NaN;
  const seconds = Number(text);
  return Number.isNaN(seconds) ? Math.max(0, (Date.parse(text) - Date.now()) / 1000) : seconds;
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
