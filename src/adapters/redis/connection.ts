import { Redis } from 'ioredis';
import type { Clock } from '../../domain/clock.ts';
import { AssayError } from '../../domain/errors.ts';
import { createOutage } from '../../domain/outage.ts';
import type { Script } from './script.ts';
import { SCRIPTS } from './scripts.ts';

export interface RedisLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export type Command = [name: string, ...args: (string | number | Buffer)[]];
/** What Redis answers, text as buffers; an error of one command does not touch the others. */
export type Answer = Buffer | number | null | Error | Answer[];

export interface Connection {
  /** Connected, and its scripts are loaded. */
  readonly ready: boolean;
  /** Ready, and not given up on for the moment. */
  readonly healthy: boolean;
  /** Why it is not. */
  readonly problem: string | undefined;
  /** Rises whenever the connection is lost: the server may then have lost its newest writes. */
  readonly epoch: number;
  /**
   * Sends commands in one go. Rejects with `AssayError('unavailable')` where there is no connection, too much is in flight, or the
   * deadline passes; whether they were carried out is then not known.
   */
  run(commands: Command[], deadlineMs: number): Promise<Answer[]>;
  /** Resolves when it is ready, or after so long without. */
  untilReady(timeoutMs: number): Promise<void>;
  /** Calls the listener whenever it has become ready. */
  onReady(listener: () => void): void;
  /** Calls the listener when it is ready again after having been lost. */
  onReconnected(listener: () => void): void;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  url: string;
  /** Authorities to trust instead of the system's, PEM; for `rediss:`. */
  ca?: string | undefined;
  name: string;
  clock?: Clock;
  log?: RedisLog | undefined;
  /** Failures in a row after which it is given up for a second at a time. 3 by default; 0: never. */
  patience?: number;
}

const RETRY_MS = 1_000;
const CONNECT_MS = 2_000;
/** A server that says nothing for so long is connected to anew. */
const SILENCE_MS = 5_000;
/** Commands that wait for an answer. */
const MAX_IN_FLIGHT = 50_000;

export function call(script: Script, keys: readonly string[], args: readonly (string | number | Buffer)[]): Command {
  return ['EVALSHA', script.sha, keys.length, ...keys, ...args];
}

/** One connection that never queues while it is down, and answers or fails within the deadline of each call. */
export function openConnection(options: ConnectionOptions): Connection {
  const { url, ca, name, clock = Date.now, log, patience = 3 } = options;
  const redis = new Redis(url, {
    ...{ connectionName: `assay-${name}`, protocol: 2, disableClientInfo: true },
    // Sent once or not at all: the caller knows what may be repeated.
    ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
    ...{ connectTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, keepAlive: 10_000 },
    ...(ca === undefined ? {} : { tls: { ca } }),
    retryStrategy: (times) => Math.min(50 * times, RETRY_MS),
    // A primary that was replaced and lives on: its address leads to another server by now.
    reconnectOnError: (error) => error.message.includes('READONLY'),
  });
  const listeners: (() => void)[] = [];
  const readyListeners: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  let ready = false;
  let epoch = 0;
  let lost = false;
  let inFlight = 0;
  let gathered: Command[] = [];
  let sending: Promise<Answer[]> | undefined;
  let failures = 0;
  let givenUpUntil = 0;
  let closed = false;
  const outage = createOutage((reason) => log?.warn({ connection: name, reason }, 'Redis is away'));

  async function load(): Promise<void> {
    const mine = epoch;
    try {
      await Promise.all(SCRIPTS.map(({ lua }) => redis.script('LOAD', lua)));
    } catch (error) {
      outage.failed(error);
      setTimeout(() => mine === epoch && !closed && void load(), RETRY_MS).unref();
      return;
    }
    if (mine !== epoch) return;
    ready = true;
    failures = 0;
    givenUpUntil = 0;
    outage.mended();
    for (const resolve of waiting.splice(0)) resolve();
    for (const listener of readyListeners) listener();
    if (!lost) return;
    lost = false;
    log?.info({ connection: name }, 'Redis answers again');
    for (const listener of listeners) listener();
  }
  redis.on('ready', () => void load());
  redis.on('close', () => {
    if (ready) lost = true;
    if (ready) outage.failed(new Error('The connection closed'), true);
    ready = false;
    epoch++;
  });
  redis.on('error', (error: Error) => outage.failed(error));

  /** Whether to try: while it is given up, once a second. */
  function admit(): boolean {
    if (!ready || inFlight + gathered.length >= MAX_IN_FLIGHT) return false;
    if (patience === 0 || failures < patience) return true;
    const now = clock();
    if (now < givenUpUntil) return false;
    givenUpUntil = now + RETRY_MS;
    return true;
  }

  function failed(): void {
    if (++failures !== patience) return;
    givenUpUntil = clock() + RETRY_MS;
    if (ready) outage.failed(away());
  }

  /** What several callers send in one turn goes in one write. */
  function send(commands: Command[]): Promise<Answer[]> {
    const from = gathered.length;
    gathered.push(...commands);
    sending ??= new Promise((resolve) => setImmediate(resolve)).then(sendGathered);
    return sending.then((answers) => answers.slice(from, from + commands.length));
  }

  async function sendGathered(): Promise<Answer[]> {
    const commands = gathered;
    gathered = [];
    sending = undefined;
    const pipeline = redis.pipeline();
    for (const [command, ...args] of commands) pipeline.callBuffer(command, ...args);
    inFlight += commands.length;
    try {
      const answers = (await pipeline.exec()) ?? [];
      const results = answers.map(([error, value]) => (error ?? value) as Answer);
      if (results.some((result) => result instanceof Error && result.message.startsWith('NOSCRIPT'))) void load();
      return results;
    } finally {
      inFlight -= commands.length;
    }
  }

  return {
    get ready() {
      return ready;
    },
    get healthy() {
      return ready && (patience === 0 || failures < patience);
    },
    get problem() {
      return outage.reason;
    },
    get epoch() {
      return epoch;
    },
    async run(commands, deadlineMs) {
      if (commands.length === 0) return [];
      if (!admit()) throw away();
      try {
        const answers = await within(send(commands), deadlineMs);
        // An error that is not the server's own: the connection went.
        if (answers.some((answer) => answer instanceof Error && answer.name !== 'ReplyError')) throw away();
        if (failures > 0 && ready) outage.mended();
        failures = 0;
        return answers;
      } catch {
        failed();
        throw away();
      }
    },
    untilReady(timeoutMs) {
      if (ready) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    onReady: (listener) => void readyListeners.push(listener),
    onReconnected: (listener) => void listeners.push(listener),
    async close() {
      closed = true;
      ready = false;
      redis.disconnect();
    },
  };
}

export function away(): AssayError {
  return new AssayError('unavailable', 'Redis does not answer.', { retryAfterSeconds: 1 });
}

/** The first error among the answers, as what may be tried again. */
export function firstError(answers: readonly Answer[]): AssayError | undefined {
  const error = answers.find((answer) => answer instanceof Error) as Error | undefined;
  return error && new AssayError('unavailable', `Redis refuses: ${error.message}`, { retryAfterSeconds: 1 });
}

/** Rejects after the deadline. What has arrived while this process was busy still counts. */
function within<T>(promise: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(reject, away()), deadlineMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
