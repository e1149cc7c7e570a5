import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_MS = 5_000;

/**
 * Reads on and throws away what is still coming of a body that was refused for its size: many clients look for an answer
 * only once they have sent everything, and one that comes with a closed connection before is lost to them. Bounded.
 */
export function linger(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    const count = (part: Buffer) => {
      bytes += part.length;
      if (bytes > MAX_BYTES) over();
    };
    const over = () => {
      clearTimeout(timer);
      request.off('data', count).off('end', over).off('close', over);
      resolve();
    };
    const timer = setTimeout(over, MAX_MS);
    request.on('data', count).on('end', over).on('close', over).resume();
  });
}
