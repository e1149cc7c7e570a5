import type { Narrative } from '../domain/narrative.ts';
import { type BreakerOptions, createBreaker, createBudget } from './limits.ts';
import { type Brief, type Narrator, NarratorError, type Subject } from './narrator.ts';
import { briefOf } from './prompt.ts';
import { type Rejection, validate } from './validation.ts';

/** Why there is no text of a model: it was not asked, it did not answer, or it was not believed. */
export type Failure = 'budget' | 'breaker' | 'stuck' | 'timeout' | 'error' | Rejection;

export type Asked = { narrative: Narrative } | { failure: Failure };

export interface AskerOptions {
  narrator: Narrator;
  /** For one text, retries included. */
  timeoutMs: number;
  perMinute: number;
  sendPersonal: boolean;
  /** Monotonic milliseconds. */
  now: () => number;
  /** In [0, 1): spreads retries. */
  random: () => number;
  breaker?: BreakerOptions;
  /** Told of every call that failed. */
  onError?: (error: unknown) => void;
}

export interface Asker {
  /** Never rejects, and is over within the time limit whatever the model does. */
  ask(subject: Subject): Promise<Asked>;
  /** Milliseconds until it makes sense to ask; 0 is now. */
  waitMs(): number;
  /** Whether the breaker is open. */
  readonly open: boolean;
  /** Calls that were given up and have not ended. */
  readonly stuck: number;
  close(): void;
}

const ATTEMPTS = 3;
const BACKOFF_MS = 250;
const MAX_RETRY_AFTER_MS = 60_000;
/** Calls that ignore being given up hold memory; with more of them nothing is asked. */
const MAX_STUCK = 4;
const STUCK_WAIT_MS = 5_000;

export function createAsker(options: AskerOptions): Asker {
  const { narrator, timeoutMs, perMinute, sendPersonal, now, random } = options;
  const budget = createBudget(perMinute, now());
  const breaker = createBreaker(options.breaker);
  const closing = new AbortController();
  let stuck = 0;

  async function ask(subject: Subject): Promise<Asked> {
    if (stuck >= MAX_STUCK) return { failure: 'stuck' };
    if (budget.waitMs(now()) > 0) return { failure: 'budget' };
    if (!breaker.pass(now())) return { failure: 'breaker' };
    budget.take(now());
    const brief = briefOf(subject, { sendPersonal });
    const deadlineMs = now() + timeoutMs;
    for (let attempt = 1; ; attempt++) {
      const answer = await attemptOnce(brief, deadlineMs);
      if ('value' in answer) {
        breaker.succeeded();
        return judged(answer.value, subject);
      }
      const pauseMs = answer.retryMs && Math.max(answer.retryMs, BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + random()));
      const again = pauseMs !== undefined && attempt < ATTEMPTS && now() + pauseMs < deadlineMs;
      // A retry is asked for like a first attempt is.
      if (!again || closing.signal.aborted || stuck >= MAX_STUCK || !budget.take(now())) {
        if (!closing.signal.aborted) breaker.failed(now());
        return { failure: answer.failure };
      }
      await pause(pauseMs);
    }
  }

  function judged(value: unknown, subject: Subject): Asked {
    const verdict = validate(value, subject);
    if ('rejection' in verdict) return { failure: verdict.rejection };
    return { narrative: { ...verdict.narrative, source: 'model', model: narrator.name } };
  }

  type Attempt = { value: unknown } | { failure: 'timeout' | 'error'; retryMs?: number };

  /** One call, given up at the deadline whether it ends then or not. */
  async function attemptOnce(brief: Brief, deadlineMs: number): Promise<Attempt> {
    const given = new AbortController();
    const call = Promise.resolve()
      .then(() => narrator.narrate(brief, given.signal))
      .then(
        (value): Attempt => ({ value }),
        (error): Attempt => {
          options.onError?.(error);
          return failureOf(error);
        },
      );
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    const late = new Promise<Attempt>((resolve) => {
      const giveUp = () => resolve({ failure: 'timeout' });
      timer = setTimeout(giveUp, Math.max(0, deadlineMs - now()));
      timer.unref();
      abort = giveUp;
      closing.signal.addEventListener('abort', giveUp, { once: true });
    });
    let over = false;
    void call.then(() => {
      over = true;
    });
    const answer = await Promise.race([call, late]);
    clearTimeout(timer);
    closing.signal.removeEventListener('abort', abort!);
    if (!over) {
      stuck++;
      void call.then(() => stuck--);
      given.abort();
    }
    return answer;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        closing.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      closing.signal.addEventListener('abort', end, { once: true });
    });
  }

  return {
    ask,
    waitMs: () => (stuck >= MAX_STUCK ? STUCK_WAIT_MS : Math.max(budget.waitMs(now()), breaker.waitMs(now()))),
    get open() {
      return breaker.open;
    },
    get stuck() {
      return stuck;
    },
    close: () => closing.abort(),
  };
}

function failureOf(error: unknown): { failure: 'timeout' | 'error'; retryMs?: number } {
  if (error instanceof NarratorError && error.retryable)
    return { failure: 'error', retryMs: Math.min(error.retryAfterMs ?? 1, MAX_RETRY_AFTER_MS) };
  return { failure: (error as Error | undefined)?.name === 'TimeoutError' ? 'timeout' : 'error' };
}
