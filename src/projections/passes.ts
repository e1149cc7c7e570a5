import { AssayError } from '../domain/errors.ts';
import type { Log } from './log.ts';

/** Something that is looked for again and again, each pass after the one before has ended. */
export interface Passes {
  start(): void;
  /** Resolves with how much was done now; what the database does not show yet comes at the next pass. */
  pass(): Promise<number>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

export interface PassesOptions {
  /** One pass; it ends early where it is closed. */
  once: (isClosed: () => boolean) => Promise<number>;
  everyMs: number;
  /** What does not happen where a pass fails, in words. */
  failed: string;
  log: Log;
}

export function createPasses({ once, everyMs, failed, log }: PassesOptions): Passes {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let closed = false;
  const pass = () => once(() => closed);

  function again(): void {
    if (closed) return;
    timer = setTimeout(() => {
      running = pass()
        .catch((error) => {
          // The database is away, or the log: the next pass finds them.
          if (!(error instanceof AssayError)) log.error({ err: error }, failed);
        })
        .then(again);
    }, everyMs);
    timer.unref();
  }

  return {
    start: again,
    pass,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
