import { AssayError } from '../domain/errors.ts';

/** More readers at once than that are turned away at the door. */
const MAX_WAITERS = 10_000;

interface Waiter {
  sequence: number;
  resolve: () => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** Those who wait for the store to reach a sequence, each for `boundMs` at most. */
export function createWaiters(boundMs: number) {
  const waiting = new Set<Waiter>();

  const end = (waiter: Waiter, error?: Error) => {
    waiting.delete(waiter);
    clearTimeout(waiter.timer);
    if (error) waiter.reject(error);
    else waiter.resolve();
  };
  return {
    get size() {
      return waiting.size;
    },
    wait(sequence: number): Promise<void> {
      if (waiting.size >= MAX_WAITERS) return Promise.reject(late());
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          ...{ sequence, resolve, reject },
          timer: setTimeout(() => end(waiter, late()), boundMs),
        };
        waiting.add(waiter);
      });
    },
    reached(sequence: number): void {
      for (const waiter of waiting) if (waiter.sequence <= sequence) end(waiter);
    },
    fail(error: Error): void {
      for (const waiter of waiting) end(waiter, error);
    },
  };
}

export function late(): AssayError {
  return new AssayError('unavailable', 'The database has not caught up yet. Decisions go on.', {
    retryAfterSeconds: 1,
  });
}
