import type { Attempt } from './sender.ts';
import type { Progress } from './store.ts';

export interface RetryOptions {
  /** Pause after the first failure; doubles with each. */
  firstMs: number;
  longestMs: number;
  /** Failing for so long, it is paused until somebody resumes it. */
  pauseAfterMs: number;
  /** From 0 to 1. */
  random: () => number;
}

/** The receiver says that it is gone for good. */
const GONE = 410;

export function afterSuccess(progress: Progress, now: number): void {
  Object.assign(progress, { failures: 0, failingSince: null, nextAttemptAt: null, lastSuccessAt: now });
}

/** Notes a failure and when to try again; between half the pause and all of it, so that webhooks do not come in step. */
export function afterFailure(progress: Progress, attempt: Attempt, now: number, options: RetryOptions): void {
  const { firstMs, longestMs, pauseAfterMs, random } = options;
  progress.failures++;
  progress.failingSince ??= now;
  progress.lastError = attempt.error ?? `answered ${attempt.status}`;
  progress.lastErrorAt = now;
  const pause = Math.min(firstMs * 2 ** (progress.failures - 1), longestMs) * (0.5 + random() / 2);
  progress.nextAttemptAt = now + Math.round(Math.max(pause, Math.min(attempt.retryAfterMs ?? 0, longestMs)));
  if (attempt.status === GONE || now - progress.failingSince >= pauseAfterMs) progress.pausedAt = now;
}
