import type { FieldError } from '../domain/errors.ts';

/** A text of JSON, or a number that JSON does not know. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
/** Overflows, so it is read as Infinity; a number that a body spells so is as little a number. */
const OVERFLOW = '1e999';
const MAX_ERRORS = 20;

/** Where a body holds NaN or Infinity in place of numbers and would else be JSON; undefined for any other. */
export function bareNumbers(text: string): FieldError[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : OVERFLOW)));
  } catch {
    return undefined;
  }
  const errors: FieldError[] = [];
  collect(value, '', errors);
  return errors;
}

function collect(value: unknown, path: string, errors: FieldError[]): void {
  if (errors.length >= MAX_ERRORS) return;
  if (typeof value === 'number' && !Number.isFinite(value)) errors.push({ path, message: 'must be a finite number' });
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) collect(inner, `${path}/${name}`, errors);
}
