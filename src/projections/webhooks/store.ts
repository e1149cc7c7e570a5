import type { WebhookType } from '../../domain/webhook.ts';

/** A webhook as people see it, without its secret. Times RFC 3339. */
export interface WebhookView {
  id: string;
  url: string;
  types: readonly WebhookType[];
  description: string | null;
  createdAt: string;
  updatedAt: string;
  delivery: {
    state: 'delivering' | 'failing' | 'paused';
    /** `seq` of the newest event that was delivered, or was not asked for. */
    seq: number;
    /** In a row. */
    failures: number;
    failingSince: string | null;
    nextAttemptAt: string | null;
    lastSuccessAt: string | null;
    lastError: string | null;
    lastErrorAt: string | null;
    pausedAt: string | null;
  };
}

export interface WebhookTarget {
  id: string;
  url: string;
  secret: string;
}

/** How far a webhook was told, and how that goes. Times in milliseconds. */
export interface Progress {
  /** `seq` of the newest event that was delivered, or was not asked for. */
  position: number;
  failures: number;
  failingSince: number | null;
  nextAttemptAt: number | null;
  lastSuccessAt: number | null;
  lastError: string | null;
  lastErrorAt: number | null;
  pausedAt: number | null;
}

export interface HeldWebhook extends WebhookTarget {
  types: readonly WebhookType[];
  /** Sequence of the record that changed it last. */
  changed: number;
  progress: Progress;
}

export interface WebhookStore {
  /** All, the oldest first: they are few. */
  list(): Promise<WebhookView[]>;
  get(id: string): Promise<WebhookView | undefined>;
  target(id: string): Promise<WebhookTarget | undefined>;
  /**
   * Makes every webhook that nobody holds the holder's, and keeps those that are, for so long from now on. Resolves with all
   * of the holder's; a paused one is nobody's.
   */
  hold(holder: string, leaseMs: number): Promise<{ held: HeldWebhook[]; paused: number }>;
  /**
   * Keeps how far it got; false where it is not the holder's any more. How it goes is left alone where the webhook was changed
   * since. One that was paused is let go.
   */
  save(holder: string, webhook: Pick<HeldWebhook, 'id' | 'changed' | 'progress'>): Promise<boolean>;
  /** Lets all of the holder's go. */
  release(holder: string): Promise<void>;
}
