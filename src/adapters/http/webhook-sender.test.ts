import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { createWebhookSender, publicLookup } from './webhook-sender.ts';

const never = new AbortController().signal;
const post = (url: string) => ({ url, headers: {}, body: '{}' });
const REFUSED = 'the address is not a public one';

test('addresses that are not public are refused, in whatever way they are written', async () => {
  const sender = createWebhookSender({ privateAddresses: false, timeoutMs: 1_000 });
  const inside = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
  ];
  inside.push('169.254.169.254', '224.0.0.1', '255.255.255.255', 'localhost', 'LOCALHOST', 'a.localhost', 'localhost.');
  inside.push(
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a00:1::]',
    '[::10.0.0.1]',
    '[fec0::1]',
  );
  for (const host of inside) {
    const url = `http://${host}:1/`;
    assert.equal(sender.allows(new URL(url)), false, host);
    assert.equal((await sender.send(post(url), never)).error, REFUSED, host);
  }
  for (const host of ['example.com', '93.184.216.34', '[2606:2800:220:1:248:1893:25c8:1946]', 'localhost.example.com'])
    assert.equal(sender.allows(new URL(`https://${host}/`)), true, host);
  sender.close();
});

test('a name is refused by what it is looked up as, at the moment that it is connected to', async () => {
  let connections = 0;
  const server = createServer().on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  const sender = createWebhookSender({ privateAddresses: false, timeoutMs: 2_000 });
  const { error } = await sender.send(post(`http://${hostname()}:${port}/`), never);
  assert.ok([REFUSED, 'ENOTFOUND', 'EAI_AGAIN'].includes(error ?? ''), error);
  for (const all of [true, false]) {
    const refused = await new Promise((resolve) => publicLookup('localhost', { all }, resolve));
    assert.match(String(refused), /not a public one/);
  }
  assert.equal(connections, 0);
  sender.close();
  server.close();
});

test('whatever comes back, it ends', async () => {
  const sender = createWebhookSender({ privateAddresses: true, timeoutMs: 300 });
  for (const [answer, expected] of [
    ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', undefined],
    ['HTTP/1.1 100 Continue\r\n\r\n', undefined],
    ['no HTTP at all\r\n\r\n', undefined],
    ['', undefined],
    ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun', 200],
    [`HTTP/1.1 500 Oh\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, undefined],
  ] as const)
    for (const ends of [true, false]) {
      const server = createNetServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => (ends ? socket.end(answer) : socket.write(answer)));
      });
      server.unref();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const { status, error } = await sender.send(post(`http://127.0.0.1:${port}/`), never);
      assert.equal(status, expected, answer.slice(0, 40));
      assert.equal(error === undefined, expected !== undefined, answer.slice(0, 40));
      server.close();
    }
  sender.close();
});

test('a kept-alive connection that the receiver closes meanwhile is no failure', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    // Every second request finds its connection closed.
    if (requests % 2 === 0) request.socket.resetAndDestroy();
    else response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = createWebhookSender({ privateAddresses: true, timeoutMs: 2_000 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let i = 0; i < 3; i++) {
    const { status, body } = await sender.send(post(url), never);
    assert.deepEqual([status, body], [200, 'ok']);
  }
  sender.close();
  server.close();
});
