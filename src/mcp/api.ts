/** One caller's way to a running server: its public API, with that caller's key and nothing else. */
export interface CallerApi {
  get(path: string, query?: Record<string, unknown>, signal?: AbortSignal): Promise<unknown>;
  post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  delete(path: string): Promise<unknown>;
}

/** What the server refused, or that none answers; the message is for the one who asked. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** As the server said it, where it said something: it may quote what was sent. */
  readonly said: unknown;

  constructor(message: string, said?: unknown) {
    super(message);
    this.said = said;
  }
}

const LONGEST_CALL_MS = 30_000;

export function callerApi(url: string, key: string | undefined, askedBy: string): CallerApi {
  const send = async (method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> => {
    const timeout = AbortSignal.timeout(LONGEST_CALL_MS);
    let response: Response;
    try {
      response = await fetch(url + path, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': askedBy,
          ...(key === undefined ? {} : { 'x-api-key': key }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      signal?.throwIfAborted();
      const { cause, message } = error as Error;
      throw new RefusedError(`No server answers at ${url}: ${cause instanceof Error ? cause.message : message}`);
    }
    const said = parsed(await response.text());
    if (response.ok) return said;
    throw new RefusedError(`Assay refused it (${response.status}${whyOf(response.status, key)}).`, said);
  };
  return {
    get: (path, query = {}, signal) => send('GET', path + searchOf(query), undefined, signal),
    post: (path, body, signal) => send('POST', path, body, signal),
    delete: (path) => send('DELETE', path),
  };
}

function whyOf(status: number, key: string | undefined): string {
  if (status === 401) return key === undefined ? ': this connection carries no key' : ': it does not know this key';
  return status === 403 ? ': the key lacks the scope, and another tool will not change that' : '';
}

function searchOf(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `?${search}` : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
