import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { boundWriting } from './bound-writing.ts';

const PIECE = Buffer.alloc(64 * 1024, 'x');
/** More than the kernel takes for both ends. */
const PIECES = 400;

async function served(t: { after(work: () => void): void }, deadlineMs: number) {
  const server = createServer((_request, response) => {
    let left = PIECES;
    const go = () => {
      while (left-- > 0) if (!response.write(PIECE)) return void response.once('drain', go);
      response.end();
    };
    go();
  });
  boundWriting(server, deadlineMs);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  const [held] = (await once(server, 'connection')) as [Socket];
  return { socket, held };
}

test('a client that does not read its answer loses its socket', async (t) => {
  const { socket, held } = await served(t, 120);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(held, 'close');
  assert.ok(held.destroyed);
});

test('one that reads slowly gets all of it', async (t) => {
  const { socket } = await served(t, 2_000);
  let bytes = 0;
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  await once(socket, 'end');
  assert.ok(bytes > PIECES * PIECE.length);
});
