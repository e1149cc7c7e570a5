import { AssayError } from '../domain/errors.ts';
import type { Api } from './api.ts';
import { sendProblem } from './problem.ts';

/**
 * Lets no more decisions in than can be answered in time: what comes beyond is told at once to come again, instead of making all wait.
 * Those who are let in take turns, a few at a time, so that between them the loop reads who else has come and refuses them while they
 * have hardly waited.
 */
export interface Admission {
  /** Whether one that came now would wait too long. To be asked before anything is done for it. */
  isFull(): boolean;
  /** Calls back when its turn has come, in order: before it returns, while few ask. */
  atTurn(go: () => void): void;
  /** One is being decided; it must call what it gets once it has its answer. */
  enter(): () => void;
}

export interface AdmissionOptions {
  /** So many may always wait. */
  waiting: number;
  /** Beyond them none is let in that would wait longer than this, by how fast others leave. 0: all are let in, none takes turns. */
  delayMs: number;
  /** Monotonic milliseconds. */
  stopwatch: () => number;
  /** Calls back once the loop has read what has come meanwhile. */
  afterReading?: (next: () => void) => void;
}

/** So many go on before the loop reads again: some milliseconds, and still worth a sync of the journal. */
export const TURN = 16;
/** Over how long it is measured how fast they leave: of several groups that became durable together. */
const PACE_MS = 100;
const RETRY_SECONDS = 1;

export function createAdmission(options: AdmissionOptions): Admission {
  const { waiting, delayMs, stopwatch, afterReading = setImmediate } = options;
  const line: { at: number; go: () => void }[] = [];
  /** Who went on since the loop last read. */
  let gone = 0;
  /** When they came to be decided; the oldest first. */
  const inside = new Set<{ at: number }>();

  /** Milliseconds that each one takes, seen while there was any. At first it is not known, and code that is new is slow. */
  let paceMs = 1;
  let since = 0;
  let busyMs = 0;
  let left = 0;

  function goOn(go: () => void): void {
    if (gone++ === 0) afterReading(nextTurn);
    go();
  }

  function nextTurn(): void {
    gone = 0;
    for (const { go } of line.splice(0, TURN)) goOn(go);
  }

  function leave(one: { at: number }): void {
    if (!inside.delete(one)) return;
    const now = stopwatch();
    if (busyMs >= PACE_MS) {
      paceMs = busyMs / left;
      [busyMs, left] = [0, 0];
    }
    busyMs += now - since;
    since = now;
    left++;
  }

  return {
    isFull() {
      const count = line.length + inside.size;
      if (delayMs === 0 || count < waiting) return false;
      if (count * paceMs > delayMs) return true;
      // Nobody leaves where the disk stands still, and how fast they leave is told by those who have left.
      const [first] = inside;
      const oldest = Math.min(first?.at ?? Number.POSITIVE_INFINITY, line[0]?.at ?? Number.POSITIVE_INFINITY);
      return stopwatch() - oldest > delayMs;
    },
    atTurn(go) {
      if (delayMs === 0) go();
      else if (line.length === 0 && gone < TURN) goOn(go);
      else line.push({ at: stopwatch(), go });
    },
    enter() {
      const one = { at: stopwatch() };
      // While nobody waits nobody can leave.
      if (inside.size === 0) since = one.at;
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

/** One for all: no stack has to be told of it. */
const FULL = new AssayError(
  'unavailable',
  'More is asked than can be decided now. Nothing was recorded; send it again.',
  { retryAfterSeconds: RETRY_SECONDS },
);

/** Before a body is read, a key looked up, or anything charged: turning away has to be cheap, so it is answered here. */
export function refuseBeyond(app: Api, admission: Admission): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.routeOptions.config.decides) done();
    else if (admission.isFull()) sendProblem(request, reply, FULL);
    // Who has left while waiting is not decided: nobody would get the answer.
    else admission.atTurn(() => request.raw.destroyed || done());
  });
}
