import type { Clock } from '../../domain/clock.ts';
import { AssayError } from '../../domain/errors.ts';
import type { FeedEvent } from '../feed-events.ts';
import type { Log } from '../log.ts';
import { afterFailure, afterSuccess, type RetryOptions } from './retry.ts';
import { type Attempt, isDelivered, type WebhookSender } from './sender.ts';
import { signed } from './signature.ts';
import { sleep } from './sleep.ts';
import type { HeldWebhook, Progress } from './store.ts';
import type { Tail } from './tail.ts';

export interface FollowerOptions {
  tail: Tail;
  sender: WebhookSender;
  clock: Clock;
  log: Log;
  retry: RetryOptions;
  /** Keeps how far it got; false where that is no longer this process's to say. Throws while the database is away. */
  save: (webhook: HeldWebhook) => Promise<boolean>;
  /** Has the log know how far it got. */
  note: (webhook: HeldWebhook) => void;
  /** Whether the webhook is this process's for long enough to end an attempt. */
  mayAttempt: () => boolean;
  onAttempt: (attempt: Attempt) => void;
  /** Ends attempts that are under way. */
  abandon: AbortSignal;
}

/** One webhook's way through the log. */
export interface Follower {
  readonly changed: number;
  readonly progress: Readonly<Progress>;
  /** Takes no further event; the one under way is brought to its end, and what was reached is kept. */
  stop(): void;
  readonly ended: Promise<void>;
}

/** What was delivered is kept soon, lest it be repeated; what was passed over may be read again. */
const SAVE_DELIVERED_MS = 250;
const SAVE_PASSED_MS = 1_000;
const AGAIN_MS = 500;
const FAULT_MS = 5_000;
const NOTE_MS = 3_600_000;

/** Delivers a webhook's events one after another, each until it is taken, from where it got to. */
export function follow(webhook: HeldWebhook, options: FollowerOptions): Follower {
  const { tail, sender, clock, log, retry, save, note, mayAttempt, onAttempt, abandon } = options;
  const { id, progress } = webhook;
  const wanted = new Set(webhook.types);
  const stopping = new AbortController();
  const { signal } = stopping;
  let kept = progress.position;
  let keptAt = performance.now();
  let unkeptDelivery = false;
  let isHeld = true;
  let notedAt = Number.NEGATIVE_INFINITY;

  /** Until the database has it: without, a crash would repeat ever more. */
  async function keep(): Promise<void> {
    for (;;) {
      try {
        isHeld = await save(webhook);
        break;
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        if (signal.aborted) return;
        await sleep(AGAIN_MS, signal);
      }
    }
    if (isHeld && unkeptDelivery && clock() - notedAt >= NOTE_MS) {
      notedAt = clock();
      note(webhook);
    }
    [kept, keptAt, unkeptDelivery] = [progress.position, performance.now(), false];
    if (!isHeld || progress.pausedAt !== null) stopping.abort();
  }

  /** How long what was reached may stay unkept. */
  function unkeptForMs(): number {
    return (unkeptDelivery ? SAVE_DELIVERED_MS : SAVE_PASSED_MS) - (performance.now() - keptAt);
  }

  async function keepWhenDue(): Promise<void> {
    if (progress.position > kept && unkeptForMs() <= 0) await keep();
  }

  async function turn(): Promise<void> {
    const waitMs = progress.position > kept ? Math.max(1, unkeptForMs()) : SAVE_PASSED_MS;
    const { events, seq } = await tail.read(progress.position, wanted, waitMs, signal);
    for (const event of events) {
      if (!(await deliver(event))) return;
      progress.position = event.seq;
      unkeptDelivery = true;
      await keepWhenDue();
    }
    if (!signal.aborted) progress.position = seq;
    await keepWhenDue();
  }

  /** Tries until it is taken; false where that has to end before. */
  async function deliver(event: FeedEvent): Promise<boolean> {
    while (!signal.aborted) {
      const pause = Math.max(mayAttempt() ? 0 : AGAIN_MS, (progress.nextAttemptAt ?? 0) - clock());
      if (pause > 0) {
        await sleep(pause, signal);
        continue;
      }
      const attempt = await sender.send(signed(webhook, `${id}_${event.seq}`, event, clock()), abandon);
      if (abandon.aborted && !isDelivered(attempt)) return false;
      onAttempt(attempt);
      if (isDelivered(attempt)) {
        if (progress.failures > 0) {
          log.info({ webhook: id, failures: progress.failures }, 'a webhook is delivered again');
          keptAt = Number.NEGATIVE_INFINITY;
        }
        afterSuccess(progress, clock());
        return true;
      }
      fail(attempt);
      await keep();
    }
    return false;
  }

  function fail(attempt: Attempt): void {
    const isFirst = progress.failures === 0;
    afterFailure(progress, attempt, clock(), retry);
    const { lastError: reason, failures } = progress;
    if (progress.pausedAt !== null)
      log.warn({ webhook: id, reason, failures }, 'a webhook is paused, for it only failed');
    else if (isFirst) log.warn({ webhook: id, reason }, 'a webhook is not delivered; it is tried again');
  }

  async function run(): Promise<void> {
    const release = tail.retain();
    try {
      while (!signal.aborted) await turn();
      if (isHeld && progress.pausedAt === null && progress.position > kept) await keep();
    } catch (error) {
      log.error({ err: error, webhook: id }, 'a webhook is not followed; it is taken up again');
      await sleep(FAULT_MS, signal);
    } finally {
      release();
    }
  }

  return {
    changed: webhook.changed,
    progress,
    stop: () => stopping.abort(),
    ended: run(),
  };
}
