import Type from 'typebox';
import type { WebSocket } from 'ws';
import { AssayError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../projections/feed.ts';
import { endSocket } from '../closing.ts';
import type { Api } from '../server.ts';
import type { Services } from '../services.ts';

const PING_MS = 30_000;
const MAX_CLIENTS = 1_000;
const LiveQuery = Type.Object({
  since: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Resume after it' })),
});

/** `WS /ws`: the live feed. */
export function liveRoute(app: Api, { feed, keys }: Services): void {
  /** An event goes to many clients and becomes text once. */
  const texts = new WeakMap<FeedEvent, string>();
  const alive = new Map<WebSocket, { answered: boolean; keyId: string | undefined; stop: () => void }>();
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
        if (alive.size >= MAX_CLIENTS)
          throw new AssayError('unavailable', 'Too many clients follow the feed.', { retryAfterSeconds: 10 });
      },
    },
    (socket, request) => {
      const { since } = request.query as { since?: number };
      const stop = feed.follow(since, {
        send: (event) => {
          if (socket.readyState === socket.OPEN) socket.send(textOf(event));
        },
        bufferedBytes: () => socket.bufferedAmount,
      });
      const state = { answered: true, keyId: request.apiKey?.id, stop };
      alive.set(socket, state);
      socket.on('pong', () => {
        state.answered = true;
      });
      socket.on('error', () => socket.terminate());
      socket.on('close', () => {
        alive.delete(socket);
        stop();
      });
    },
  );

  const timer = setInterval(() => {
    for (const [socket, state] of alive) {
      if (!state.answered) socket.terminate();
      else {
        state.answered = false;
        socket.ping();
      }
    }
  }, PING_MS);
  timer.unref();
  app.addHook('preClose', async () => clearInterval(timer));

  // Whoever signed in with the key has its id too. Nothing more is sent, not even what waits for the close frame.
  keys.onRevoked((keyId) => {
    for (const [socket, state] of alive) {
      if (state.keyId !== keyId) continue;
      state.stop();
      endSocket(socket, 1008, 'The key was revoked');
    }
  });
}
