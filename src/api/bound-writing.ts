import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may take to take a piece of an answer. */
const DEADLINE_MS = 120_000;
const LOOKS = 24;

interface Stuck {
  written: number;
  waiting: number;
  since: number;
}

/**
 * Takes away sockets whose client does not read: an idle timeout counts what the kernel took as a sign of life, and begins anew. Whoever
 * reads slowly is left alone as long as pieces of the answer go out.
 */
export function boundWriting(server: Server, deadlineMs = DEADLINE_MS, clock = () => performance.now()): void {
  const open = new Map<Socket, Stuck | undefined>();
  server.on('connection', (socket: Socket) => {
    open.set(socket, undefined);
    socket.once('close', () => open.delete(socket));
  });
  const timer = setInterval(() => {
    const now = clock();
    for (const [socket, before] of open) {
      const { bytesWritten: written, writableLength: waiting } = socket;
      if (waiting === 0) open.set(socket, undefined);
      else if (before?.written !== written || before.waiting !== waiting)
        open.set(socket, { written, waiting, since: now });
      else if (now - before.since >= deadlineMs) socket.destroy();
    }
  }, deadlineMs / LOOKS);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
