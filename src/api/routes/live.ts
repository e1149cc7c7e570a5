import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { WebSocket } from 'ws';
import { AssayError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../projections/feed-events.ts';
import type { Api } from '../api.ts';
import { keyOf } from '../auth.ts';
import { endSocket } from '../closing.ts';
import { createPlaces } from '../places.ts';
import type { Services } from '../services.ts';
import type { Session, Sessions } from '../session.ts';

const PING_MS = 30_000;
const MAX_CLIENTS = 1_000;
const LiveQuery = Type.Object({
  since: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Resume after it' })),
});

interface Client {
  answered: boolean;
  keyId: string | undefined;
  /** The one that it was let in by; undefined where it showed a key, or needed none. */
  session: Session | undefined;
  stop: () => void;
}

/** `WS /ws`: the live feed. */
export function liveRoute(
  app: Api,
  { feed, keys, clock }: Pick<Services, 'feed' | 'keys' | 'clock'>,
  sessions: Pick<Sessions, 'of' | 'onEnded'>,
): void {
  /** An event goes to many clients and becomes text once. */
  const texts = new WeakMap<FeedEvent, string>();
  const alive = new Map<WebSocket, Client>();
  const places = createPlaces<WebSocket>(MAX_CLIENTS);
  const callerOf = ({ apiKey, ip }: FastifyRequest) => apiKey?.id ?? ip;
  const textOf = (event: FeedEvent) => {
    let text = texts.get(event);
    if (text === undefined) {
      text = JSON.stringify(event);
      texts.set(event, text);
    }
    return text;
  };

  app.get(
    '/ws',
    {
      websocket: true,
      config: { scope: 'read' },
      schema: { hide: true, querystring: LiveQuery },
      preHandler: async (request) => {
        if (request.headers.upgrade === undefined)
          throw new AssayError('invalid_request', 'This is a WebSocket: connect with a client for one.');
        if (!places.room(callerOf(request)))
          throw new AssayError('unavailable', 'Too many clients follow the feed.', { retryAfterSeconds: 10 });
      },
    },
    (socket, request) => {
      const caller = callerOf(request);
      const evicted = places.room(caller)?.evicted;
      if (evicted) dismiss(evicted, alive.get(evicted)!, 'Others wait for a place', 1013);
      const { since } = request.query as { since?: number };
      const stop = feed.follow(since, {
        send: (event) => {
          if (socket.readyState === socket.OPEN) socket.send(textOf(event));
        },
        bufferedBytes: () => socket.bufferedAmount,
      });
      const session = keyOf(request, keys) ? undefined : sessions.of(request)?.session;
      const state: Client = { answered: true, keyId: request.apiKey?.id, session, stop };
      alive.set(socket, state);
      places.add(caller, socket);
      socket.on('pong', () => {
        state.answered = true;
      });
      socket.on('error', () => socket.terminate());
      socket.on('close', () => {
        alive.delete(socket);
        places.remove(caller, socket);
        stop();
      });
    },
  );

  const timer = setInterval(() => {
    for (const [socket, state] of alive) {
      if (state.session && clock() >= state.session.expiresAt) dismiss(socket, state, 'The session has ended');
      else if (!state.answered) socket.terminate();
      else {
        state.answered = false;
        socket.ping();
      }
    }
  }, PING_MS);
  timer.unref();
  app.addHook('preClose', async () => clearInterval(timer));

  // Nothing more is sent, not even what waits for the close frame.
  function dismiss(socket: WebSocket, state: Client, why: string, code = 1008): void {
    state.stop();
    endSocket(socket, code, why);
  }
  function dismissAll(goes: (client: Client) => boolean, why: string): void {
    for (const [socket, state] of alive) if (goes(state)) dismiss(socket, state, why);
  }
  // Whoever signed in with the key has its id too.
  keys.onRevoked((keyId) => dismissAll((client) => client.keyId === keyId, 'The key was revoked'));
  sessions.onEnded((session) => dismissAll((client) => client.session === session, 'The session has ended'));
}
