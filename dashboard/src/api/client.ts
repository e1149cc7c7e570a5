import { currentSession, sessionLost } from './session.ts';
import type { Problem } from './types.ts';

/** What went wrong, as the server put it. Status 0: the server was not reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: { path: string; message: string }[];
  readonly requestId: string | undefined;

  constructor(problem: Pick<Problem, 'status' | 'code' | 'detail' | 'errors' | 'requestId'>) {
    super(problem.detail);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId;
  }
}

/** What was wrong, by the path of the field that it is about; and the rest, asked last: what is about none that was asked for. */
export function faultsOf(error: Error | null): {
  at: (path: string) => string | undefined;
  rest: () => string | undefined;
} {
  const wrong = error instanceof ApiError ? error.errors : [];
  const asked = new Set<string>();
  return {
    at(path) {
      asked.add(path);
      return wrong.find((one) => one.path === path)?.message;
    },
    rest() {
      if (wrong.length === 0) return error?.message;
      const untold = wrong.filter(({ path }) => !asked.has(path));
      return untold.map(({ path, message }) => `${path.slice(1)}: ${message}`).join('; ') || undefined;
    },
  };
}

export interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** A body of CSV in place of JSON. */
  csv?: string;
  signal?: AbortSignal;
  /** Makes a POST safe to send again. */
  idempotencyKey?: string;
}

/** JSON in, JSON out. Throws ApiError for whatever is not a success. */
export async function call<T>(
  path: string,
  { method = 'GET', body, csv, signal, idempotencyKey }: Call = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const csrf = currentSession()?.csrfToken;
  if (csrf && method !== 'GET') headers['x-assay-csrf'] = csrf;
  if (csv !== undefined) headers['content-type'] = 'text/csv';
  else if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      signal,
      body: csv ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError({ status: 0, code: 'offline', detail: 'The server did not answer.' });
  }
  if (response.status === 204) return undefined as T;
  const parsed = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok) return parsed as T;
  if (response.status === 401 && path !== '/api/session') sessionLost();
  throw new ApiError(isProblem(parsed) ? parsed : plain(response.status));
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

function plain(status: number) {
  return { status, code: 'unknown', detail: `The server answered with status ${status}.` };
}

/** `?a=1&b=2`, or nothing; empty values are left out. */
export function query(values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}

/** 128 random bits. `crypto.randomUUID` is missing where a page is served without TLS. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
