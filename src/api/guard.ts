import type { FastifyReply, FastifyRequest } from 'fastify';
import { limitedAs } from '../domain/address.ts';
import { AssayError } from '../domain/errors.ts';
import type { Api } from './api.ts';
import { authorize } from './auth.ts';
import type { Allowance, RateLimiter } from './rate-limit.ts';
import type { Services } from './services.ts';
import type { Sessions } from './session.ts';

/** Takes further requests from the caller's allowance, as a batch does for its rows. */
export interface Charge {
  (request: FastifyRequest, reply: FastifyReply, cost: number): Promise<void>;
  /** The same or, where that is more than is left, what is left: for what was refused. */
  atMost(request: FastifyRequest, reply: FastifyReply, cost: number): Promise<void>;
}

/** Nothing is to be loaded from anywhere but the pages' own files, which say so themselves. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Who may call, how often, and the headers of every answer. */
export function guard(app: Api, services: Services, sessions: Sessions, limiter: RateLimiter | undefined): Charge {
  const { keys, config, clock } = services;

  // Callbacks, not promises: nearly every request is settled at once.
  app.addHook('onRequest', (request, reply, done) => {
    const scope = request.routeOptions.config.scope ?? 'none';
    try {
      request.apiKey = authorize(request, scope, keys, config, sessions);
    } catch (error) {
      const guessed = error instanceof AssayError && error.code === 'unauthenticated';
      const { badKey } = request.routeOptions.config;
      const refused = guessed && badKey === 403 ? new AssayError('forbidden', error.message) : (error as Error);
      // Guessing secrets costs the guesser's address.
      if (limiter && guessed) charge(request, reply, 1).then(() => done(refused), done);
      else done(refused);
      return;
    }
    if (!limiter || scope === 'none') {
      done();
      return;
    }
    const allowance = limiter.take(caller(request, config.ipv6Prefix), 1, clock());
    if (allowance instanceof Promise) allowance.then((taken) => settle(reply, taken)).then(() => done(), done);
    else done(refusal(reply, allowance));
  });

  app.addHook('onSend', (request, reply, _payload, done) => {
    signAnswer(request, reply);
    done();
  });

  async function charge(request: FastifyRequest, reply: FastifyReply, cost: number): Promise<void> {
    if (limiter && cost > 0) settle(reply, await limiter.take(caller(request, config.ipv6Prefix), cost, clock()));
  }
  charge.atMost = async (request: FastifyRequest, reply: FastifyReply, cost: number) => {
    if (!limiter || cost <= 0) return;
    const name = caller(request, config.ipv6Prefix);
    const whole = await limiter.take(name, cost, clock());
    const taken = whole.allowed ? whole : await limiter.take(name, whole.remaining, clock());
    refusal(reply, taken);
  };
  return charge;
}

/** The headers of every answer. Fastify runs no hooks for a path that it cannot read, so that one calls this itself. */
export function signAnswer(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.header('x-response-time-ms', Math.max(0, reply.elapsedTime || 0).toFixed(3));
  reply.header('x-content-type-options', 'nosniff');
  reply.header('referrer-policy', 'no-referrer');
  if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', API_POLICY);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
}

/** An IPv6 address is limited by its network, whose owner has all of it to choose from. */
function caller(request: FastifyRequest, ipv6Prefix: number): string {
  return request.apiKey ? `key ${request.apiKey.id}` : `address ${limitedAs(request.ip, ipv6Prefix)}`;
}

function settle(reply: FastifyReply, allowance: Allowance): void {
  const error = refusal(reply, allowance);
  if (error) throw error;
}

/** Shows the caller what is left; an error where nothing is. */
function refusal(reply: FastifyReply, { allowed, limit, remaining, resetSeconds }: Allowance): AssayError | undefined {
  reply.header('ratelimit-limit', String(limit));
  reply.header('ratelimit-remaining', String(remaining));
  reply.header('ratelimit-reset', String(resetSeconds));
  if (allowed) return undefined;
  return new AssayError('rate_limited', `At most ${limit} requests a window; it begins anew in ${resetSeconds} s.`, {
    retryAfterSeconds: resetSeconds,
  });
}
