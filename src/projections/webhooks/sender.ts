/** The port of an HTTP client that webhooks are sent by. */
export interface WebhookSender {
  /** Whether the URL may be called, as far as its text says. */
  allows(url: URL): boolean;
  /** Posts once; never throws. Ends at the deadline, or at once when the signal is aborted. */
  send(post: Post, signal: AbortSignal): Promise<Attempt>;
  close(): void;
}

export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What came of it: a status, or why there is none. */
export interface Attempt {
  status?: number;
  error?: string;
  /** The beginning of what the receiver said. */
  body?: string;
  /** How long the receiver asks to be left alone. */
  retryAfterMs?: number;
  latencyMs: number;
}

export function isDelivered({ status }: Attempt): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
