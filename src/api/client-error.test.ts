import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { answerClientError } from './client-error.ts';

test('a client that was told off is let go of, though it neither reads nor hangs up', async () => {
  const told: Promise<unknown>[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    told.push(once(socket, 'close'));
    const error = Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    answerClientError(error, socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const reads = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const deaf = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  for (const client of [reads, deaf]) client.on('error', () => {});
  const [head] = await once(reads, 'data');
  assert.match(String(head), /^HTTP\/1\.1 408 /);
  await Promise.all(told);
  for (const client of [reads, deaf]) client.destroy();
  server.close();
});
