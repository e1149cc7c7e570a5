/** What keeps a language model from being asked too often. Times are monotonic milliseconds, given by the caller. */

/** So many a minute, and no more than a minute's worth at once. */
export function createBudget(perMinute: number, startMs: number) {
  let tokens = perMinute;
  let filledMs = startMs;
  const fill = (nowMs: number) => {
    tokens = Math.min(perMinute, tokens + ((nowMs - filledMs) * perMinute) / 60_000);
    filledMs = nowMs;
  };
  return {
    /** Takes one, if there is one. */
    take(nowMs: number): boolean {
      fill(nowMs);
      if (tokens < 1) return false;
      tokens--;
      return true;
    },
    /** Until there is one. */
    waitMs(nowMs: number): number {
      fill(nowMs);
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * 60_000) / perMinute);
    },
  };
}

export interface BreakerOptions {
  /** Failures in succession that open it. */
  failures?: number;
  /** How long it stays open; doubles with each probe that fails. */
  openMs?: number;
  maxOpenMs?: number;
}

/** Opens after failures in succession; after a while one probe may pass, and its success closes it. */
export function createBreaker({ failures = 5, openMs = 30_000, maxOpenMs = 600_000 }: BreakerOptions = {}) {
  let inARow = 0;
  let lengthMs = openMs;
  let opensUntilMs = 0;
  let probing = false;
  const isOpen = () => inARow >= failures;
  return {
    get open() {
      return isOpen();
    },
    /** Whether one may pass now; while it is open, a single one at a time does. */
    pass(nowMs: number): boolean {
      if (!isOpen()) return true;
      if (probing || nowMs < opensUntilMs) return false;
      probing = true;
      return true;
    },
    waitMs(nowMs: number): number {
      if (!isOpen()) return 0;
      return probing ? openMs : Math.max(0, opensUntilMs - nowMs);
    },
    succeeded() {
      inARow = 0;
      probing = false;
      lengthMs = openMs;
    },
    failed(nowMs: number) {
      inARow++;
      if (!isOpen()) return;
      if (probing) lengthMs = Math.min(maxOpenMs, lengthMs * 2);
      probing = false;
      opensUntilMs = nowMs + lengthMs;
    },
  };
}
