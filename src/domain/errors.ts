/** The closed list of error codes. `api/problem.ts` is the one place that turns a code into an HTTP answer. */
export const ERROR_CODES = [
  'malformed_json',
  'invalid_request',
  'card_number',
  'rule_invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'gone',
  'method_not_allowed',
  'conflict',
  'idempotency_conflict',
  'processing',
  'declined',
  'too_large',
  'unsupported_media_type',
  'rate_limited',
  'unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface FieldError {
  /** JSON pointer of the offending value, such as `/amount`. */
  path: string;
  message: string;
  /** Where in a text that is a language of its own: lines and columns from 1, the end one past the last. */
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
  /** What to write in that place. */
  suggestion?: string;
}

/** An expected failure. Anything else that is thrown is a bug. */
export class AssayError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  /** Whole seconds after which a retry makes sense, for `unavailable` and `rate_limited`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, detail: string, more: { errors?: FieldError[]; retryAfterSeconds?: number } = {}) {
    super(detail);
    this.name = 'AssayError';
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
