import { hash } from 'node:crypto';
import { AssayError } from '../domain/errors.ts';
import { Digits } from './digits.ts';

const MAX_DEPTH = 64;

/** JSON with sorted keys, digits as they were sent: equal for bodies that say the same. Deeper than 64 levels throws `invalid_request`. */
export function canonical(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof Digits) return value.source;
  if (depth >= MAX_DEPTH)
    throw new AssayError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  const fields = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const name of Object.keys(fields).sort())
    if (fields[name] !== undefined) parts.push(`${JSON.stringify(name)}:${canonical(fields[name], depth + 1)}`);
  return `{${parts.join(',')}}`;
}

/** SHA-256 of the canonical form, hex, first 32 characters. */
export function bodyHash(value: unknown): string {
  return sha256(canonical(value)).slice(0, 32);
}

export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
