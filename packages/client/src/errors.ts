/** What Assay refuses, as it says it (RFC 9457). */
export class AssayError extends Error {
  override readonly name: string = 'AssayError';
  readonly status: number;
  /** One of Assay's codes, such as `card_number` or `conflict`. */
  readonly code: string;
  readonly errors: readonly { path: string; message: string }[];
  /** What the operator of the server can look up in its log. */
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, problem: Problem, retryAfterSeconds: number | undefined) {
    super(problem.detail ?? problem.title ?? `Assay answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? 'unknown';
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  errors?: { path: string; message: string }[];
  requestId?: string;
}

/** No answer came, so that it is not known what was done: it timed out, or the connection broke. The cause says which. */
export class AssayUnreachable extends Error {
  override readonly name: string = 'AssayUnreachable';
}
