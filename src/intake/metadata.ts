import { Digits } from './digits.ts';
import { unfit } from './text.ts';

const MAX_DEPTH = 8;
const MAX_VALUES = 256;
const MAX_CHARACTERS = 16 * 1024;

/** Why a client's own data cannot be kept, or undefined. Bounded in depth, values and length before anything recurses. */
export function checkMetadata(metadata: Record<string, unknown>): string | undefined {
  let values = 0;
  let digits = 0;
  function check(value: unknown, depth: number): string | undefined {
    if (++values > MAX_VALUES + 1) return `must hold at most ${MAX_VALUES} values`;
    if (typeof value === 'string') return unfit(value);
    if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must hold finite numbers only';
    if (typeof value !== 'object' || value === null) return undefined;
    if (value instanceof Digits) {
      digits += value.source.length;
      return undefined;
    }
    if (depth > MAX_DEPTH) return `must not be nested deeper than ${MAX_DEPTH} levels`;
    for (const name of Object.keys(value)) {
      // Copied onto another object this name would change its prototype.
      const fault =
        name === '__proto__'
          ? 'must not hold the name __proto__'
          : (unfit(name) ?? check((value as Record<string, unknown>)[name], depth + 1));
      if (fault) return fault;
    }
    return undefined;
  }
  const fault = check(metadata, 1);
  if (fault) return fault;
  const characters = digits > MAX_CHARACTERS ? digits : JSON.stringify(withDigits(metadata)).length;
  return characters > MAX_CHARACTERS ? `must be at most ${MAX_CHARACTERS} characters` : undefined;
}

/** The same with numbers that a double would round as text, so that every digit is kept. It is the same object where there are none. */
export function withDigits<T>(value: T): T {
  return digitsIn(value).length === 0 ? value : (asText(value) as T);
}

function asText(value: unknown): unknown {
  if (value instanceof Digits) return value.source;
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asText(inner)]));
}

/** Where such numbers stand, such as `order.no`. */
export function digitsIn(value: unknown, path = '', found: string[] = []): string[] {
  if (value instanceof Digits) found.push(path);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) digitsIn(inner, path === '' ? name : `${path}.${name}`, found);
  return found;
}
