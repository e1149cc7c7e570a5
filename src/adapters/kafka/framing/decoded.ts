import { AssayError } from '../../../domain/errors.ts';

/** Why a message of transactions.raw asks for no decision, though nothing is wrong with it. */
export const SKIPS = ['tombstone', 'delete', 'snapshot', 'update', 'other'] as const;
export type Skip = (typeof SKIPS)[number];

/** A message without its framing: the JSON of a transaction as a client sends it, or nothing to decide. */
export type Decoded = { body: Buffer; isUpdate?: boolean } | { skipped: Skip };

/** A value on the way there: parsed, or nothing to decide. */
export type Unwrapped = { value: unknown; isUpdate?: boolean } | { skipped: Skip };

/** The message cannot be read, whoever tries again. */
export function unreadable(why: string): AssayError {
  return new AssayError('invalid_request', why);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value);
