import type { FastifyReply, FastifyRequest } from 'fastify';
import { AssayError } from '../../domain/errors.ts';
import { type ApiKey, SCOPES } from '../../domain/key.ts';
import type { Api } from '../api.ts';
import { keyOf } from '../auth.ts';
import { json, problems } from '../contract/common.ts';
import { SessionBody, SessionShown } from '../contract/operations.ts';
import type { Charge } from '../guard.ts';
import type { Services } from '../services.ts';
import { type Session, type Sessions, sessionCookie } from '../session.ts';

const tags = ['operations'];
/** Whoever asks has nothing to show yet; each answers by what they show. */
const config = { scope: 'none' } as const;

const NOBODY = { keyless: false, keyName: null, scopes: [], csrfToken: null, expiresAt: null };

/** Of an address within one window of the rate limit, where that allows more requests than this. */
const SIGN_INS = 250;

/** Signing in with a key, for browsers: an HttpOnly cookie that other sites cannot make use of. */
export function sessionRoutes(
  app: Api,
  { keys, config: { baseCurrency, rateLimitMax } }: Services,
  sessions: Sessions,
  charge: Charge,
): void {
  app.post(
    '/api/session',
    {
      // Sessions end with the process: so does the answer that opened one.
      config: { ...config, idempotency: 'process' },
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Sign a browser in with an API key, for 12 hours',
        description: 'Its unsafe requests carry `X-Assay-CSRF: <csrfToken>`, where there are keys',
        body: SessionBody,
        response: { 200: json('Signed in', SessionShown), ...problems(400, 401, 403, 413, 415, 422, 429) },
      },
    },
    async (request, reply) => {
      if (!keys.configured) return { ...keyless(), baseCurrency };
      // Guessing costs the guesser, and so does guessing right.
      await charge(request, reply, Math.ceil(rateLimitMax / SIGN_INS));
      const key = keys.authenticate(request.body.key);
      if (!key) throw new AssayError('unauthenticated', 'This API key is unknown or revoked.');
      sessions.close(request);
      const { session, secret } = sessions.open(key);
      reply.header('set-cookie', sessionCookie(request, secret));
      return { ...shown(key, session), baseCurrency };
    },
  );

  app.get(
    '/api/session',
    {
      config,
      schema: {
        operationId: 'getSession',
        tags,
        summary: 'Who asks, and what they may do',
        response: { 200: json('The session', SessionShown), ...problems(403) },
      },
    },
    async (request) => {
      if (!keys.configured) return { ...keyless(), baseCurrency };
      const known = sessions.of(request);
      if (known) return { ...shown(known.key, known.session), baseCurrency };
      const key = keyOf(request, keys);
      return key ? { ...shown(key, undefined), baseCurrency } : NOBODY;
    },
  );

  app.delete(
    '/api/session',
    {
      config,
      schema: {
        operationId: 'signOut',
        tags,
        summary: 'Sign out',
        response: { 204: { description: 'Signed out' }, ...problems(403) },
      },
    },
    async (request: FastifyRequest, reply: FastifyReply) => {
      sessions.authorize(request);
      sessions.close(request);
      return reply.header('set-cookie', sessionCookie(request, undefined)).code(204).send();
    },
  );
}

function keyless() {
  return { keyless: true, keyName: null, scopes: [...SCOPES], csrfToken: null, expiresAt: null };
}

function shown({ name, scopes }: ApiKey, session: Session | undefined) {
  return {
    keyless: false,
    keyName: name,
    scopes,
    csrfToken: session?.csrfToken ?? null,
    expiresAt: session ? new Date(session.expiresAt).toISOString() : null,
  };
}
