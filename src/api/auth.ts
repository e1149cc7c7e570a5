import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { AssayError } from '../domain/errors.ts';
import type { ApiKey, Scope } from '../domain/key.ts';
import type { Keys } from '../projections/keys.ts';
import type { Sessions } from './session.ts';

/** What a route asks of the caller: a scope, or any of several; `none` is open to all. */
export type RouteScope = Scope | readonly Scope[] | 'none';

const SUBPROTOCOL = 'assay.key.';

/**
 * Refuses to listen where strangers reach a server without keys. `localhost` and loopback addresses need none.
 * Throws an Error that says the way out.
 */
export function assertListenable(config: Pick<Config, 'host'>, keys: Pick<Keys, 'configured'>): void {
  if (keys.configured || isLoopbackName(config.host)) return;
  throw new Error(
    `HOST=${config.host} is reachable from other machines and there is no API key yet. Make one first with ` +
      '`npx assay keys create --scope admin`, or set API_KEY, or listen on HOST=127.0.0.1.',
  );
}

/** The caller's key if it may use the route; undefined while keyless. Throws unauthenticated or forbidden. */
export function authorize(
  request: FastifyRequest,
  scope: RouteScope,
  keys: Keys,
  config: Pick<Config, 'corsOrigins'>,
  sessions: Pick<Sessions, 'authorize'>,
): ApiKey | undefined {
  if (!keys.configured) refuseForeign(request, config.corsOrigins);
  if (scope === 'none') return undefined;
  const secret = secretOf(request);
  if (secret === undefined) {
    if (!keys.configured) return undefined;
    const signedIn = sessions.authorize(request);
    if (!signedIn) throw new AssayError('unauthenticated', 'Send an API key as X-API-Key or Authorization: Bearer.');
    requireScope(signedIn, scope);
    return signedIn;
  }
  const key = keys.authenticate(secret);
  if (!key) {
    if (!keys.configured) return undefined;
    throw new AssayError('unauthenticated', 'This API key is unknown or revoked.');
  }
  requireScope(key, scope);
  return key;
}

/** The key that a request shows, whatever it asks for. */
export function keyOf(request: FastifyRequest, keys: Keys): ApiKey | undefined {
  const secret = secretOf(request);
  return secret === undefined ? undefined : keys.authenticate(secret);
}

/** Throws forbidden where a key has none of the scopes. Without keys everything is allowed. */
export function requireScope(key: ApiKey | undefined, scope: Scope | readonly Scope[]): void {
  const asked = [scope].flat();
  if (key && !asked.some((one) => hasScope(key, one)))
    throw new AssayError(
      'forbidden',
      `This needs a key with the scope ${asked.join(' or ')}; this one has ${key.scopes.join(', ')}.`,
    );
}

/** Whether a key may do what a scope allows. `admin` may do all; without keys everybody may. */
export function hasScope(key: ApiKey | undefined, scope: Scope): boolean {
  return !key || key.scopes.includes(scope) || key.scopes.includes('admin');
}

function secretOf(request: FastifyRequest): string | undefined {
  const { headers } = request;
  const own = headers['x-api-key'];
  if (typeof own === 'string' && own !== '') return own;
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1];
  // A browser cannot set headers on a WebSocket, but it can offer subprotocols.
  if (headers.upgrade === undefined) return undefined;
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return offered.find((name) => name.startsWith(SUBPROTOCOL))?.slice(SUBPROTOCOL.length);
}

/** Keyless, a page of any site could reach us through the browser (DNS rebinding, cross-site requests): only loopback may. */
function refuseForeign(request: FastifyRequest, allowedOrigins: readonly string[]): void {
  const address = request.socket.remoteAddress ?? '';
  if (address !== '' && !isLoopbackAddress(address))
    throw new AssayError('forbidden', 'Without API keys only this machine may ask.');
  const host = request.headers.host ?? '';
  const { name, port } = splitHost(host);
  if (!isLoopbackName(name)) throw new AssayError('forbidden', 'Without API keys the Host must be this machine’s own.');
  const { origin } = request.headers;
  if (origin === undefined || allowedOrigins.includes(origin)) return;
  const from = URL.parse(origin);
  const sameServer = from !== null && isLoopbackName(from.hostname) && splitHost(from.host).port === port;
  if (!sameServer) throw new AssayError('forbidden', 'Without API keys the Origin must be this server’s own.');
}

function splitHost(host: string): { name: string; port: string } {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host);
  return { name: match?.[1] ?? host, port: match?.[2] ?? '80' };
}

export function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare.endsWith('.localhost') || isLoopbackAddress(bare);
}

function isLoopbackAddress(address: string): boolean {
  const bare = address.replace(/^::ffff:/, '');
  return bare === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}
