import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

/** The client's X-Request-ID if it is at most 128 printable characters, else one of ours: random, then counted. */
export function requestId(): (request: IncomingMessage) => string {
  const prefix = randomBytes(9).toString('base64url');
  let counter = 0;
  return ({ headers }) => {
    const sent = headers['x-request-id'];
    return typeof sent === 'string' && PRINTABLE.test(sent) ? sent : `${prefix}-${(++counter).toString(36)}`;
  };
}
