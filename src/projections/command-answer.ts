/** What a command came to, as HTTP will say it: `error` is a code of domain/errors with its detail. */
export interface CommandAnswer {
  status: number;
  body?: Record<string, unknown>;
  error?: { code: string; detail: string };
}
