import { AssayError } from '../domain/errors.ts';
import type { Api } from './api.ts';

/** Lets no more decisions in than can be answered in time: what comes beyond is told to come again, instead of making all wait. */
export interface Admission {
  /** Whether one that came now would wait too long. To be asked before anything is done for it. */
  isFull(): boolean;
  /** One is let in; it must call what it gets once it has its answer. */
  enter(): () => void;
}

export interface AdmissionOptions {
  /** So many may always wait. */
  waiting: number;
  /** Beyond them none is let in that would wait longer than this, by how fast others leave. 0: all are let in. */
  delayMs: number;
  /** Monotonic milliseconds. */
  stopwatch: () => number;
}

/** How long a queue has to stand before it turns anybody away: a burst is worked off, and nobody needs to know of it. */
export const STANDING_MS = 5_000;
/** Over how long it is measured how fast they leave. */
const PACE_MS = 50;
const RETRY_SECONDS = 1;

export function createAdmission({ waiting, delayMs, stopwatch }: AdmissionOptions): Admission {
  /** When they came; the oldest first. */
  const inside = new Set<{ at: number }>();
  let lateSince: number | undefined;
  let lastLate = 0;

  /** Milliseconds that each one takes of the queue, seen since `since` while there was one. */
  let paceMs = 0;
  let since = 0;
  let left = 0;

  function isLate(now: number): boolean {
    if (delayMs === 0 || inside.size < waiting) return false;
    if (inside.size * paceMs > delayMs) return true;
    // Nobody leaves where the disk stands still.
    const [oldest] = inside;
    return oldest !== undefined && now - oldest.at > delayMs;
  }

  function leave(one: { at: number }): void {
    if (!inside.delete(one)) return;
    left++;
    const now = stopwatch();
    if (now - since < PACE_MS) return;
    paceMs = (now - since) / left;
    since = now;
    left = 0;
  }

  return {
    isFull() {
      const now = stopwatch();
      if (lateSince !== undefined && now - lastLate > STANDING_MS) lateSince = undefined;
      if (!isLate(now)) return false;
      lateSince ??= now;
      lastLate = now;
      return now - lateSince >= STANDING_MS;
    },
    enter() {
      const one = { at: stopwatch() };
      // While nobody waits nobody can leave, and no queue stands: the next burst is one of its own.
      if (inside.size === 0) {
        [since, left] = [one.at, 0];
        lateSince = undefined;
      }
      inside.add(one);
      return () => leave(one);
    },
  };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It decides: refused where too many wait for that already. */
    decides?: true;
  }
}

/** Before a body is read, a key looked up, or anything charged: turning away has to be cheap. */
export function refuseBeyond(app: Api, admission: Admission): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.decides && admission.isFull())
      done(
        new AssayError('unavailable', 'More is asked than can be decided now. Nothing was recorded; send it again.', {
          retryAfterSeconds: RETRY_SECONDS,
        }),
      );
    else done();
  });
}
