import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { maskCardNumbers } from '../../domain/cards.ts';

/** Where events go, of a DSN such as `https://KEY@sentry.example/4`. */
export interface SentryTarget {
  url: string;
  auth: string;
}

export interface SentryOptions {
  release: string;
  /** What stands in every event beside the line, such as the namespace. */
  environment: string;
  clock: () => number;
  /** For one answer. */
  timeoutMs?: number;
}

/** Lines at level error and above, as pino writes them. */
export interface SentryStream extends Writable {
  /** Resolves when what was handed in is sent, dropped or given up; never rejects. */
  flushed(): Promise<void>;
  readonly counts: Readonly<{ sent: number; dropped: number; failed: number }>;
}

/** One fault in a loop must not become a flood: so many wait, and so many go a minute. */
const MAX_WAITING = 30;
const MAX_A_MINUTE = 60;
const MINUTE_MS = 60_000;
const CLIENT = 'assay';
const LEVELS: Readonly<Record<number, string>> = { 50: 'error', 60: 'fatal' };
const EMAIL = /[^\s@"'<>(),;:]+@[^\s@"'<>(),;:]+/g;
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}(?![\w:])|::[0-9a-f:]+/gi;

/** Throws an Error that does not repeat the key. */
export function sentryTarget(dsn: string): SentryTarget {
  const url = URL.canParse(dsn) ? new URL(dsn) : undefined;
  const [, prefix, project] = /^(.*)\/(\d+)\/?$/.exec(url?.pathname ?? '') ?? [];
  if (!url || !/^https?:$/.test(url.protocol) || url.username === '' || project === undefined)
    throw new Error('SENTRY_DSN: needs the form https://KEY@host/project, as Sentry shows it');
  return {
    url: `${url.origin}${prefix}/api/${project}/envelope/`,
    auth: `Sentry sentry_version=7, sentry_client=${CLIENT}/1, sentry_key=${url.username}`,
  };
}

/**
 * Errors of the log as events by Sentry's envelope protocol. It gets the lines as they are written, so nothing that the log leaves out is in an
 * event: no bodies, ids, keys or personal fields. Card numbers, e-mail and network addresses are taken out of what is left.
 */
export function sentryStream({ url, auth }: SentryTarget, options: SentryOptions): SentryStream {
  const { clock, timeoutMs = 5_000 } = options;
  const counts = { sent: 0, dropped: 0, failed: 0 };
  const waiting: string[] = [];
  let working: Promise<void> | undefined;
  let pausedUntil = 0;
  let minute = { from: 0, count: 0 };

  function isAllowed(): boolean {
    const now = clock();
    if (now - minute.from >= MINUTE_MS) minute = { from: now, count: 0 };
    return now >= pausedUntil && waiting.length < MAX_WAITING && ++minute.count <= MAX_A_MINUTE;
  }

  async function work(): Promise<void> {
    for (let envelope = waiting.shift(); envelope !== undefined; envelope = waiting.shift()) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/x-sentry-envelope', 'x-sentry-auth': auth },
          body: envelope,
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        if (response.ok) counts.sent++;
        else counts.failed++;
        if (response.status === 429)
          pausedUntil = clock() + 1_000 * (Number(response.headers.get('retry-after')) || 60);
      } catch {
        // What cannot be reached is said by nobody: a line about it would be an event again.
        counts.failed++;
      }
    }
    working = undefined;
  }

  const stream = new Writable({
    decodeStrings: false,
    write(line: string | Buffer, _encoding, done) {
      const event = eventOf(String(line), options);
      if (event !== undefined) {
        if (isAllowed()) {
          waiting.push(event);
          working ??= work();
        } else counts.dropped++;
      }
      done();
    },
  });
  return Object.assign(stream, { counts, flushed: async () => working });
}

interface Line {
  level: number;
  time: number;
  msg?: string;
  err?: Described;
  requestId?: string;
  route?: string;
}

interface Described {
  type?: string;
  message?: string;
  code?: string;
  stack?: string;
  cause?: Described;
}

/** The envelope of a line; undefined where it is none. */
export function eventOf(
  text: string,
  { release, environment }: Pick<SentryOptions, 'release' | 'environment'>,
): string | undefined {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
  const level = LEVELS[line.level];
  if (level === undefined) return undefined;
  const id = randomUUID().replaceAll('-', '');
  const exceptions = [...causes(line.err)].map(({ type, message, stack }) => ({
    ...{ type: type ?? 'Error', value: scrubbed(message ?? '') },
    ...(stack ? { stacktrace: { frames: framesOf(stack) } } : {}),
  }));
  const event = {
    ...{ event_id: id, timestamp: line.time / 1_000, platform: 'node', level, release, environment, logger: CLIENT },
    message: { formatted: scrubbed(line.msg ?? '') },
    tags: Object.fromEntries(
      Object.entries({ code: line.err?.code, route: line.route }).filter(([, value]) => typeof value === 'string'),
    ),
    // The deepest cause first, as Sentry has it.
    ...(exceptions.length > 0 ? { exception: { values: exceptions.reverse() } } : {}),
  };
  const sentAt = new Date(line.time).toISOString();
  return [{ event_id: id, sent_at: sentAt }, { type: 'event' }, event]
    .map((part) => `${JSON.stringify(part)}\n`)
    .join('');
}

function* causes(error: Described | undefined): Generator<Described> {
  for (let one = error; typeof one === 'object' && one !== null; one = one.cause) yield one;
}

const scrubbed = (text: string) => maskCardNumbers(text).replace(EMAIL, '[e-mail]').replace(ADDRESS, '[address]');

const FRAME = /^\s*at (?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;

/** The innermost last, as Sentry has it. */
function framesOf(stack: string) {
  return stack
    .split('\n')
    .map((line) => FRAME.exec(line))
    .filter((match) => match !== null)
    .map(([, name, file, row, column]) => ({
      ...{ function: name ?? '?', filename: shortened(file), lineno: Number(row), colno: Number(column) },
      in_app: !/node:|node_modules/.test(file),
    }))
    .reverse();
}

/** Without where it is installed, which may hold the name of a person. */
const shortened = (file: string) => file.replace(/^.*\/(?=(?:src|dist|test|node_modules)\/)/, '');
