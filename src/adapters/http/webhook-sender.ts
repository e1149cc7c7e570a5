import { lookup as systemLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Attempt, Post, WebhookSender } from '../../projections/webhooks/sender.ts';
import { isPublicAddress, mayBePublic } from './address.ts';

export interface SenderOptions {
  /** Whether addresses may be called that are not of the public Internet. */
  privateAddresses: boolean;
  timeoutMs: number;
}

/** What is read of an answer. */
const MAX_BODY_BYTES = 4_096;
const MAX_BODY_CHARS = 1_000;
const IDLE_MS = 30_000;
const REFUSED = 'the address is not a public one';

/** Node's own client over kept-alive connections. It follows no redirects. */
export function createWebhookSender({ privateAddresses, timeoutMs }: SenderOptions): WebhookSender {
  const options = { keepAlive: true, timeout: IDLE_MS };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  const lookup = privateAddresses ? undefined : publicLookup;

  const allows = ({ hostname }: URL) => privateAddresses || mayBePublic(hostname);

  function send(post: Post, signal: AbortSignal): Promise<Attempt> {
    const began = performance.now();
    const target = new URL(post.url);
    if (!allows(target)) return Promise.resolve({ error: REFUSED, latencyMs: 0 });
    return attempt(target, post, signal, began);
  }

  function attempt(target: URL, post: Post, signal: AbortSignal, began: number, isSecond = false): Promise<Attempt> {
    return new Promise((resolve) => {
      const { request } = target.protocol === 'https:' ? https : http;
      const headers = { ...post.headers, 'content-length': Buffer.byteLength(post.body) };
      const agent = agents[target.protocol as keyof typeof agents];
      const sent = request(target, { method: 'POST', headers, agent, lookup, signal });
      const left = Math.max(0, timeoutMs - (performance.now() - began));
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), left);
      const end = (came: Omit<Attempt, 'latencyMs'>) => {
        clearTimeout(timer);
        resolve({ ...came, latencyMs: Math.round(performance.now() - began) });
      };
      let isAnswered = false;
      sent.on('response', (response) => {
        isAnswered = true;
        const { statusCode: status } = response;
        const retryAfterMs = secondsOf(response.headers['retry-after']);
        // The status is the answer, however the rest of it ends.
        beginningOf(response).then((body) => end({ status, retryAfterMs, body }));
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (isAnswered) return;
        clearTimeout(timer);
        // The receiver closed an idle connection just when it was used again.
        if (sent.reusedSocket && error.code === 'ECONNRESET' && !isSecond)
          resolve(attempt(target, post, signal, began, true));
        else end({ error: wordsOf(error) });
      });
      // As after an upgrade that nobody asked for.
      sent.on('close', () => {
        if (!isAnswered) end({ error: 'closed without an answer' });
      });
      sent.end(post.body);
    });
  }

  return {
    allows,
    send,
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/**
 * The addresses of a name that are public ones. It is these that are connected to, so that a name cannot mean another address by
 * then.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    if (allowed.length === 0) return callback(new Error(REFUSED), '');
    if (options.all) return callback(null, allowed);
    return callback(null, allowed[0].address, allowed[0].family);
  });
};

async function beginningOf(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      // Leaving the loop ends the connection, and with it whatever else would come.
      if (bytes >= MAX_BODY_BYTES) break;
    }
  } catch {}
  return Buffer.concat(parts).toString('utf8').slice(0, MAX_BODY_CHARS);
}

function secondsOf(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter);
  return retryAfter !== undefined && seconds > 0 ? seconds * 1_000 : undefined;
}

/** What a connection failed by, without the address that it was tried at. */
function wordsOf(error: NodeJS.ErrnoException): string {
  const { code, message } =
    error instanceof AggregateError ? ((error.errors[0] as NodeJS.ErrnoException) ?? error) : error;
  return code ?? message;
}
