import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ProjectionSettings } from '../adapters/postgres/projection.ts';
import { AssayError, type ErrorCode } from '../domain/errors.ts';
import type { CommandAnswer } from '../projections/command-answer.ts';
import type { Log } from '../projections/log.ts';
import type { ProjectionThread } from '../projections/projector.ts';

/** What the thread is begun with. */
export interface Seat {
  settings: ProjectionSettings;
  /** Of the journal's segments. */
  directory: string;
  /** Where columns of the log go, which backtests read. */
  columns: string;
}

/** From the server's thread. `outcomes`: of commands in this range that are settled elsewhere. */
export interface Ask {
  from: number;
  through: number;
  durable: number;
  outcomes: [number, CommandAnswer][];
}

/** What is thrown on the one side is thrown on the other: an error's own fields do not cross by themselves. */
export interface Thrown {
  name: string;
  message: string;
  stack: string | undefined;
  /** Of an `AssayError`; any other is a fault. */
  code?: ErrorCode;
  retryAfterSeconds?: number;
}

/** From the projection's thread. */
export type Told =
  | { applied: number }
  | { thrown: Thrown }
  | { log: 'debug' | 'info' | 'warn' | 'error'; fields: object; message: string };

export interface ProjectionThreadOptions extends Seat {
  outcomeOf: (sequence: number) => CommandAnswer | undefined;
  log: Log;
}

/** The projection's half of the work that is not done here: see projection-worker.ts. One range at a time. */
export function openProjectionThread(options: ProjectionThreadOptions): ProjectionThread & { close(): Promise<void> } {
  const { settings, directory, columns, outcomeOf, log } = options;
  let worker: Worker | undefined;
  let pending: PromiseWithResolvers<number> | undefined;

  const settle = (act: (asked: PromiseWithResolvers<number>) => void) => {
    const asked = pending;
    pending = undefined;
    if (asked) act(asked);
  };

  function start(): Worker {
    const seat: Seat = { settings, directory, columns };
    const script = new URL(`./projection-worker${extname(import.meta.filename)}`, import.meta.url);
    const begun = new Worker(script, { workerData: seat, execArgv: [], name: 'projection' });
    // A start that fails, or a process that is done, does not wait for it; `close` does.
    begun.unref();
    begun.on('message', (told: Told) => {
      if ('log' in told) log[told.log](told.fields, told.message);
      else if ('applied' in told) settle(({ resolve }) => resolve(told.applied));
      else settle(({ reject }) => reject(errorOf(told.thrown)));
    });
    begun.on('error', (error) => settle(({ reject }) => reject(error)));
    // The next range begins another one, after the projector's pause.
    begun.on('exit', () => {
      if (worker === begun) worker = undefined;
      settle(({ reject }) => reject(new Error('the thread of the projection ended')));
    });
    return begun;
  }

  // At once: what it reads and compiles takes longer than the first payment.
  worker = start();

  return {
    apply(from, through, durable) {
      worker ??= start();
      pending = Promise.withResolvers<number>();
      const outcomes: Ask['outcomes'] = [];
      for (let sequence = from; sequence <= through; sequence++) {
        const outcome = outcomeOf(sequence);
        if (outcome) outcomes.push([sequence, outcome]);
      }
      worker.postMessage({ from, through, durable, outcomes } satisfies Ask);
      return pending.promise;
    },
    async close() {
      const ending = worker;
      if (ending === undefined) return;
      ending.ref();
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.postMessage(undefined);
      await ended;
    },
  };
}

function errorOf({ name, message, stack, code, retryAfterSeconds }: Thrown): Error {
  if (code !== undefined) return new AssayError(code, message, { retryAfterSeconds });
  return Object.assign(new Error(message), { name, stack });
}
