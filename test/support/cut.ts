/** A way to a port that can be cut: while it is, nothing gets through and nobody is told, as when a cable is pulled. */

import type { AddressInfo } from 'node:net';
import { createConnection, createServer, type Socket } from 'node:net';

export interface Way {
  port: number;
  cut(): void;
  /** What was under way when it was cut is lost; connections of then are reset. */
  mend(): void;
  close(): Promise<void>;
}

export async function wayTo(target: () => number): Promise<Way> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    sockets.add(near);
    near.on('close', () => sockets.delete(near)).on('error', () => {});
    // A connection that is asked for now is never answered.
    if (isCut) return;
    const far = createConnection({ host: '127.0.0.1', port: target() });
    sockets.add(far);
    far.on('close', () => sockets.delete(far)).on('error', () => {});
    pass(near, far);
    pass(far, near);
  });

  function pass(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (!isCut) to.write(bytes);
    });
    from.on('close', () => {
      if (!isCut) to.destroy();
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
    },
    mend() {
      isCut = false;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
