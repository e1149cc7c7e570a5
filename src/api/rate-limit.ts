/** What is left to a caller after a request. */
export interface Allowance {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Whole seconds until the window begins anew. */
  resetSeconds: number;
}

/** The port of the rate limit; a fleet shares one over Redis, where `take` is a promise. */
export interface RateLimiter {
  /** Takes `cost` requests from a caller's window. A refused request costs nothing. */
  take(caller: string, cost: number, now: number): Allowance | Promise<Allowance>;
}

const MAX_CALLERS = 10_000;

/** Fixed windows per caller in memory; the callers unseen for longest are forgotten beyond 10,000. */
export function createRateLimiter(options: { max: number; windowMs: number; maxCallers?: number }): RateLimiter {
  const { max, windowMs, maxCallers = MAX_CALLERS } = options;
  const windows = new Map<string, { began: number; used: number }>();

  return {
    take(caller, cost, now) {
      let window = windows.get(caller);
      if (window && now - window.began < windowMs && now >= window.began) {
        // Touched now: last to be forgotten. Only worth doing once the map is crowded.
        if (windows.size > maxCallers / 2) {
          windows.delete(caller);
          windows.set(caller, window);
        }
      } else {
        window = { began: now, used: 0 };
        windows.delete(caller);
        windows.set(caller, window);
        if (windows.size > maxCallers) windows.delete(windows.keys().next().value!);
      }
      const allowed = window.used + cost <= max;
      if (allowed) window.used += cost;
      const resetSeconds = Math.max(1, Math.ceil((window.began + windowMs - now) / 1000));
      return { allowed, limit: max, remaining: Math.max(0, max - window.used), resetSeconds };
    },
  };
}
