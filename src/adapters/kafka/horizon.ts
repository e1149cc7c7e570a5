import { within } from './client.ts';
import type { OrderState } from './order.ts';

/** Waits until all that was durable anywhere is in the order that this process has folded. */
export interface Horizons {
  /** The sequence that covers it. Those who ask while a question is under way share the next one. */
  ask(): Promise<number>;
  /** The order was folded further. */
  check(): void;
}

interface Waiter {
  ends: Map<number, number>;
  resolve: (sequence: number) => void;
}

export function createHorizon(
  ends: () => Promise<Map<number, number>>,
  state: OrderState,
  deadlineMs: number,
): Horizons {
  let waiters: Waiter[] = [];
  let running: Promise<number> | undefined;
  let next: Promise<number> | undefined;

  const isReached = (wanted: Map<number, number>) => [...wanted].every(([source, end]) => state.n[source] >= end);

  async function once(): Promise<number> {
    const wanted = await within(ends(), deadlineMs, 'Asking Kafka where the log ends');
    if (isReached(wanted)) return state.b - 1;
    let waiter: Waiter | undefined;
    const reached = new Promise<number>((resolve) => {
      waiter = { ends: wanted, resolve };
      waiters.push(waiter);
    });
    try {
      return await within(reached, deadlineMs, 'Ordering the log');
    } finally {
      waiters = waiters.filter((other) => other !== waiter);
    }
  }

  function begin(): Promise<number> {
    const question = once().finally(() => {
      if (running === question) running = undefined;
    });
    running = question;
    return question;
  }

  return {
    ask() {
      if (!running) return begin();
      // What is under way may have asked before the caller's own record was durable.
      next ??= running
        .then(
          () => {},
          () => {},
        )
        .then(() => {
          next = undefined;
          return begin();
        });
      return next;
    },
    check() {
      const reached = waiters.filter((waiter) => isReached(waiter.ends));
      if (reached.length === 0) return;
      waiters = waiters.filter((waiter) => !reached.includes(waiter));
      for (const { resolve } of reached) resolve(state.b - 1);
    },
  };
}
