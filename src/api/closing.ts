import type { WebSocket } from 'ws';
import type { Api } from './api.ts';

/** How long a live client may take to answer the close frame. */
const CLOSE_MS = 1_500;
/** How long requests may still take once the server closes. */
const DRAIN_MS = 2_500;

/** Asks a live client to go; one that does not answer is cut off. */
export function endSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timer));
}

/**
 * Nobody outside can hold up the end: not a request that never arrives whole, nor a live client that does not answer.
 * To be called before the WebSocket plugin is registered, which would close its clients without a code.
 */
export function boundClosing(app: Api): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    for (const socket of app.websocketServer.clients) endSocket(socket, 1001, 'The server is going away');
    timer = setTimeout(() => {
      for (const socket of app.websocketServer.clients) socket.terminate();
      app.server.closeAllConnections();
    }, DRAIN_MS);
  });
  app.addHook('onClose', async () => clearTimeout(timer));
}
