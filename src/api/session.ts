import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import type { ApiKey } from '../domain/key.ts';
import type { Keys } from '../projections/keys.ts';

/** A browser that signed in with a key: the cookie names the session, and pages cannot read it. */
export interface Session {
  keyId: string;
  /** What unsafe requests must repeat as `X-Assay-CSRF`. */
  csrfToken: string;
  /** Milliseconds. */
  expiresAt: number;
}

export interface Sessions {
  /** A new session of a key, and the secret for its cookie. */
  open(key: ApiKey): { session: Session; secret: string };
  /** The session of the request's cookie, while it lasts and its key is not revoked. */
  of(request: FastifyRequest): { session: Session; key: ApiKey } | undefined;
  /**
   * The key that a request acts with by its cookie. Throws forbidden for what another page could have made the browser
   * send: an unsafe request without the CSRF header, or a WebSocket from elsewhere.
   */
  authorize(request: FastifyRequest): ApiKey | undefined;
  /** Ends the session of the request's cookie. */
  close(request: FastifyRequest): void;
  /** Calls the listener with each session that ends before its time: signed out, replaced, or beyond the bound. */
  onEnded(listener: (session: Session) => void): void;
}

export const SESSION_COOKIE = 'assay_session';
export const CSRF_HEADER = 'x-assay-csrf';
export const SESSION_MS = 12 * 3_600_000;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_SESSIONS = 10_000;
/** Browsers that are signed in with one key: whoever signs in more often ends sessions of that key alone. */
const MAX_OF_A_KEY = 100;

/** Sessions in memory, by the hash of their secret: a restart ends them. Beyond the bounds the oldest go. */
export function createSessions(keys: Pick<Keys, 'get'>, clock: Clock, random = randomBytes): Sessions {
  const sessions = new Map<string, Session>();
  const secretOf = (size: number) => random(size).toString('base64url');
  const listeners: ((session: Session) => void)[] = [];
  const end = (name: string) => {
    const session = sessions.get(name);
    if (!session) return;
    sessions.delete(name);
    for (const listener of listeners) listener(session);
  };

  const of: Sessions['of'] = (request) => {
    const secret = cookieOf(request.headers.cookie);
    if (secret === undefined) return undefined;
    const name = hash(secret);
    const session = sessions.get(name);
    if (!session) return undefined;
    const key = keys.get(session.keyId);
    if (key && key.revokedAt === undefined && clock() < session.expiresAt) return { session, key };
    end(name);
    return undefined;
  };

  return {
    of,
    open(key) {
      const secret = secretOf(32);
      const session = { keyId: key.id, csrfToken: secretOf(24), expiresAt: clock() + SESSION_MS };
      const ofKey = [...sessions].filter(([, { keyId }]) => keyId === key.id);
      if (ofKey.length >= MAX_OF_A_KEY) end(ofKey[0][0]);
      sessions.set(hash(secret), session);
      if (sessions.size > MAX_SESSIONS) end(sessions.keys().next().value!);
      return { session, secret };
    },
    authorize(request) {
      const known = of(request);
      if (!known) return undefined;
      const { headers, method } = request;
      if (headers.upgrade !== undefined && !isOwnOrigin(headers.origin, request.host))
        throw new AssayError('forbidden', 'A session may be used by this server’s own pages only.');
      if (!SAFE.has(method) && !same(headers[CSRF_HEADER], known.session.csrfToken))
        throw new AssayError('forbidden', 'Send X-Assay-CSRF as GET /api/session gives it.');
      return known.key;
    },
    close(request) {
      const secret = cookieOf(request.headers.cookie);
      if (secret !== undefined) end(hash(secret));
    },
    onEnded: (listener) => void listeners.push(listener),
  };
}

/** `Set-Cookie`: for this site's own requests, out of reach of scripts; without a secret it takes the cookie away. */
export function sessionCookie(request: FastifyRequest, secret: string | undefined): string {
  const proxied = String(request.headers['x-forwarded-proto'] ?? '')
    .split(',')[0]
    .trim();
  const secure = request.protocol === 'https' || proxied === 'https';
  const maxAge = secret === undefined ? 0 : SESSION_MS / 1000;
  return `${SESSION_COOKIE}=${secret ?? ''}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

function cookieOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === SESSION_COOKIE) return part.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/**
 * Behind a proxy the scheme may differ; the host is what tells pages apart: as the browser knew it, by X-Forwarded-Host, where
 * TRUST_PROXY names the proxy.
 */
function isOwnOrigin(origin: string | undefined, host: string): boolean {
  const page = origin === undefined ? null : URL.parse(origin);
  return page !== null && page.host !== '' && page.host === URL.parse(`${page.protocol}//${host}`)?.host;
}

function same(given: string | string[] | undefined, wanted: string): boolean {
  return typeof given === 'string' && timingSafeEqual(Buffer.from(hash(given)), Buffer.from(hash(wanted)));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
