import { setTimeout as sleep } from 'node:timers/promises';
import { toBody } from '../training/generator/format.ts';
import { createQueue } from '../training/generator/heap.ts';
import { type Telling, tellingsOf, told } from '../training/generator/telling.ts';
import type { GeneratedTransaction } from '../training/generator/transaction.ts';
import type { PostSummary } from './post-summary.ts';
import { createLatencies, emptySummary, recordDecision, recordError } from './post-summary.ts';

export interface PostOptions {
  /** Address of the server, with or without `/api/transactions`. */
  url: string;
  /** Transactions a second. */
  rate: number;
  /** Requests under way at once, at most. */
  concurrency: number;
  key?: string;
  /** Sends each transaction's own date; without, they happen now. */
  dated?: boolean;
  /** Put before each id, so that the same stream can be posted twice. */
  idPrefix?: string;
  /** Milliseconds that one day takes until what became of a payment is told; undefined tells nothing. */
  labelDayMs?: number;
  /** Aborting ends it after what is under way. */
  signal?: AbortSignal;
  onProgress?: (done: number) => void;
}

const DAY = 86_400_000;
const MOST_TRIES = 6;
const LONGEST_WAIT_MS = 30_000;
/** A poster that fell behind catches up this much at once; the rest it lets go. */
const CATCH_UP_MS = 1_000;
const MOST_WAITING = 200_000;
/** So many transactions in a row that could not be delivered at all: nobody is there. */
const LOST_IN_A_ROW = 16;

interface Due {
  /** When it is told, by the clock of this process. */
  time: number;
  id: string;
  telling: Telling;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
  latencyMs: number;
}

/** Posts the rows in order at the given rate and says what came back. Never throws for what the server does. */
export async function post(rows: Iterable<GeneratedTransaction>, options: PostOptions): Promise<PostSummary> {
  const base = baseOf(options.url);
  const summary = emptySummary();
  const latencies = createLatencies();
  const waiting = createQueue<Due>(MOST_WAITING);
  const send = createSender(base, options, summary);
  const pool = createPool(options.concurrency);
  const begun = performance.now();
  let due = begun;
  let done = 0;
  let lost = 0;
  const stopped = () => options.signal?.aborted === true || summary.stopped !== undefined;

  const deliver = async (row: GeneratedTransaction) => {
    const body = toBody(row, options.dated === true);
    body.id = `${options.idPrefix ?? ''}${row.id}`;
    const answer = await send('/api/transactions', body);
    if (answer && answer.status >= 200 && answer.status < 300) {
      lost = 0;
      latencies.add(answer.latencyMs);
      recordDecision(summary, row, String(answer.body.decision ?? answer.body.status));
      remember(row, String(answer.body.id ?? body.id), answer.body.decision === 'decline');
    } else if (answer) {
      if (answer.status === 401 || answer.status === 403)
        summary.stopped ??= `${answer.status}: ${answer.body.detail ?? answer.body.title ?? 'the key was refused'}`;
    } else if (++lost >= LOST_IN_A_ROW) summary.stopped ??= `no answer from ${base}`;
    options.onProgress?.(++done);
  };
  const remember = (row: GeneratedTransaction, id: string, blocked: boolean) => {
    if (options.labelDayMs === undefined) return;
    for (const telling of tellingsOf(row)) {
      // What was declined is never executed: no issuer answers, nobody disputes.
      if (blocked && telling.path !== 'labels') continue;
      const delayMs = ((telling.time - row.time) / DAY) * options.labelDayMs;
      if (waiting.size >= MOST_WAITING) summary.tellingsDropped++;
      else waiting.push({ time: performance.now() + delayMs, id, telling });
    }
  };
  const tell = async ({ id, telling }: Due) => {
    const path = `/api/transactions/${encodeURIComponent(id)}/${telling.path}`;
    const answer = await send(path, told(telling, options.dated ? undefined : Date.now()));
    if (answer && answer.status < 300) summary.told[telling.path]++;
    else summary.tellErrors++;
  };
  const tellDue = async (now: number) => {
    for (let next = waiting.peek(); next && next.time <= now && !stopped(); next = waiting.peek()) {
      waiting.pop();
      const due = next;
      await pool.run(() => tell(due));
    }
  };

  for (const row of rows) {
    const now = performance.now();
    due = Math.max(due, now - CATCH_UP_MS);
    if (due > now + 1) await sleep(due - now, undefined, { signal: options.signal }).catch(() => {});
    await tellDue(performance.now());
    if (stopped()) break;
    await pool.run(() => deliver(row));
    due += 1000 / options.rate;
  }
  await pool.idle();
  // What was still to be told is told at once.
  await tellDue(Number.POSITIVE_INFINITY);
  await pool.idle();
  if (options.signal?.aborted) summary.stopped ??= 'interrupted';
  const { max } = latencies;
  summary.latencyMs = {
    p50: latencies.quantile(0.5),
    p95: latencies.quantile(0.95),
    p99: latencies.quantile(0.99),
    max,
  };
  summary.seconds = (performance.now() - begun) / 1000;
  summary.ratePerSecond = summary.posted / Math.max(summary.seconds, 1e-3);
  return summary;
}

/** The server's address without a trailing slash and without the path that is added. Throws for what is no URL. */
export function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed) throw new TypeError(`${url} is no address such as http://127.0.0.1:3000`);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new TypeError(`${url} is not an http address`);
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '').replace(/\/api\/transactions$/, '')}`;
}

/** Milliseconds that `Retry-After` asks for (seconds or a date), undefined where it says nothing sensible. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** Sends one body, again where the server is busy or away; undefined if it never answered. */
function createSender(base: string, options: PostOptions, summary: PostSummary) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (options.key) headers['x-api-key'] = options.key;
  // One busy answer holds back all: the limit is the key's, not the request's.
  let heldUntil = 0;
  return async (path: string, payload: unknown): Promise<Answer | undefined> => {
    const body = JSON.stringify(payload);
    let answer: Answer | undefined;
    for (let tries = 1; ; tries++) {
      const held = heldUntil - performance.now();
      if (held > 0) await sleep(held);
      let waitMs = 100 * 2 ** tries;
      try {
        const begun = performance.now();
        const response = await fetch(base + path, { method: 'POST', headers, body });
        const text = await response.text();
        answer = { status: response.status, body: parse(text), latencyMs: performance.now() - begun };
        if (response.ok) return answer;
        if (response.status === 429 || response.status === 503) {
          waitMs = Math.min(LONGEST_WAIT_MS, retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? waitMs);
          heldUntil = Math.max(heldUntil, performance.now() + waitMs);
        } else tries = MOST_TRIES;
      } catch (error) {
        answer = undefined;
        if (tries >= MOST_TRIES || options.signal?.aborted)
          recordError(summary, networkCode(error), networkDetail(error));
      }
      if (options.signal?.aborted || summary.stopped !== undefined || tries >= MOST_TRIES) break;
      summary.retries++;
      await sleep(waitMs, undefined, { signal: options.signal }).catch(() => {});
    }
    if (answer) {
      const detail = String(answer.body.detail ?? answer.body.title ?? '');
      recordError(summary, `${answer.status}${answer.body.code ? ` ${answer.body.code}` : ''}`, detail);
    }
    return answer;
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function networkCode(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause;
  return cause?.code ?? 'network';
}

function networkDetail(error: unknown): string {
  const cause = (error as { cause?: Error }).cause;
  return cause?.message || String(error);
}

/** Runs at most `size` tasks at once; `run` waits for room, not for the task. */
function createPool(size: number) {
  const underWay = new Set<Promise<void>>();
  return {
    async run(task: () => Promise<void>): Promise<void> {
      while (underWay.size >= size) await Promise.race(underWay);
      const running: Promise<void> = task().finally(() => underWay.delete(running));
      underWay.add(running);
    },
    async idle(): Promise<void> {
      await Promise.all(underWay);
    },
  };
}
