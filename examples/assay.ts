/**
 * All that these examples need of Assay: one call with a deadline. A program of your own takes packages/client (TypeScript) or clients/python,
 * which repeat what broke, and know every route.
 */
export interface AssaySettings {
  url: string;
  key?: string;
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: as /openapi.json says for each route.
  body: any;
}

/** Rejects where no answer came in time. `once` is an Idempotency-Key: the same again gets the first answer. */
export async function ask(
  { url, key, timeoutMs = 2_000 }: AssaySettings,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  once?: string,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(key ? { 'x-api-key': key } : {}),
      ...(once ? { 'idempotency-key': once } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

/** Of a transaction. */
export const at = (id: string, what: string) => `/api/transactions/${encodeURIComponent(id)}/${what}`;
