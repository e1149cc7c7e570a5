import pino from 'pino';
import { withoutValues } from '../domain/quoted.ts';

/**
 * JSON lines on standard output. Errors and reasons are written without what they quote and without the values of a query:
 * a database or a parser repeats what it was given, and that is people's. `errors` gets the lines at level error and above too.
 */
export function createLog(
  level: string,
  destination?: pino.DestinationStream,
  errors?: pino.DestinationStream,
): CountedLog {
  const lines = { warn: 0, error: 0, fatal: 0 };
  const options: pino.LoggerOptions = {
    level,
    serializers: { err: describe, reason: shown },
    hooks: {
      logMethod(args, method, number) {
        const name = pino.levels.labels[number];
        if (name in lines) lines[name as keyof typeof lines]++;
        method.apply(this, args);
      },
    },
  };
  if (errors === undefined) return Object.assign(destination ? pino(options, destination) : pino(options), { lines });
  const streams = pino.multistream([
    { level: 'trace', stream: destination ?? pino.destination(1) },
    { level: 'error', stream: errors },
  ]);
  return Object.assign(pino(options, streams), { lines });
}

export interface CountedLog extends pino.Logger {
  /** Written so far, by level. */
  readonly lines: Readonly<Record<'warn' | 'error' | 'fatal', number>>;
}

interface Described {
  type: string;
  message: string;
  code?: string;
  /** Of PostgreSQL. */
  table?: string;
  constraint?: string;
  column?: string;
  stack?: string;
  cause?: Described;
}

const MAX_CAUSES = 5;

/** What an error says of itself; no property beyond these, for drivers hang rows, parameters and requests on theirs. */
function describe(error: unknown, depth = 0): Described | unknown {
  if (!(error instanceof Error)) return shown(error);
  const { code, table, constraint, column } = error as Error & Partial<Record<string, unknown>>;
  const described: Described = { type: error.constructor.name, message: withoutValues(error.message) };
  for (const [name, value] of Object.entries({ code, table, constraint, column }))
    if (typeof value === 'string') Object.assign(described, { [name]: value });
  // The first lines of a stack repeat the message.
  const frames = error.stack?.match(/\n {4}at .*/g)?.join('');
  if (frames) described.stack = frames.slice(1);
  if (error.cause instanceof Error && depth < MAX_CAUSES)
    described.cause = describe(error.cause, depth + 1) as Described;
  return described;
}

function shown(text: unknown): unknown {
  if (typeof text === 'string') return withoutValues(text);
  return typeof text === 'number' || typeof text === 'boolean' ? text : typeof text;
}
