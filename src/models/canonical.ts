import { createHash } from 'node:crypto';

/** JSON with sorted keys and no spaces: equal data, equal text. Numbers that JSON lacks become null, as in JSON. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, sorted(entry)]));
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The hash of a list of feature definitions, in their order: what a model and a server must agree upon. 16 hex digits. */
export function featureSchemaHash(definitions: readonly unknown[]): string {
  return sha256(canonicalJson(definitions)).slice(0, 16);
}
