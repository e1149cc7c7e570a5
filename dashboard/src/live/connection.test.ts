import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { LiveEvent } from '../api/types.ts';
import { createConnection, type LiveStatus } from './connection.ts';

/** A socket that the test opens, feeds and breaks. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: () => void;
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
    FakeSocket.all.push(this);
  }
  tell(...events: Partial<LiveEvent>[]): void {
    for (const event of events) this.onmessage?.({ data: JSON.stringify(event) });
  }
  close(): void {
    this.onclose?.();
  }
}

beforeEach(() => {
  FakeSocket.all = [];
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    location: { protocol: 'http:', host: 'assay.test' },
    window: { addEventListener() {} },
  });
});

function connect(mayRead = async () => true) {
  const seen: number[] = [];
  const states: LiveStatus['state'][] = [];
  const connection = createConnection(
    (event) => seen.push(event.seq),
    ({ state }) => states.push(state),
    mayRead,
  );
  connection.start();
  return { connection, seen, states, socket: () => FakeSocket.all.at(-1)! };
}

test('after a break it asks for what follows the last event, and drops what comes twice', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen, socket, states } = connect();
  assert.equal(socket().url, 'ws://assay.test/ws');
  socket().onopen?.();
  socket().tell({ seq: 4, type: 'transaction.decided' }, { seq: 8, type: 'transaction.decided' });
  socket().close();
  t.mock.timers.tick(2_000);
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(socket().url, 'ws://assay.test/ws?since=8');
  socket().onopen?.();
  socket().tell({ seq: 8, type: 'transaction.decided' }, { seq: 12, type: 'transaction.decided' });
  assert.deepEqual(seen, [4, 8, 12]);
  assert.deepEqual(states, ['connecting', 'live', 'waiting', 'connecting', 'live']);
});

test('figures may repeat their number, and never hide the event that follows', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen, socket } = connect();
  socket().tell({ seq: 7, type: 'stats' }, { seq: 7, type: 'stats' }, { seq: 8, type: 'transaction.decided' });
  assert.deepEqual(seen, [7, 7, 8]);
});

test('a log that began anew is followed from where it is', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen, socket } = connect();
  socket().tell({ seq: 900, type: 'transaction.decided' }, { seq: 7, type: 'stats', data: { unknownSince: true } });
  socket().tell({ seq: 8, type: 'transaction.decided' });
  assert.deepEqual(seen, [900, 7, 8]);
});

test('what is not JSON is left out', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen, socket } = connect();
  socket().onmessage?.({ data: '{' });
  assert.deepEqual(seen, []);
});

test('a silent line counts as dead', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { states, socket } = connect();
  socket().onopen?.();
  t.mock.timers.tick(16_000);
  assert.equal(states.at(-1), 'waiting');
});

test('a refusal is told, and not tried again until there is another key', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { states, socket, connection } = connect(async () => false);
  socket().close();
  await Promise.resolve();
  await Promise.resolve();
  t.mock.timers.tick(60_000);
  assert.equal(states.at(-1), 'refused');
  assert.equal(FakeSocket.all.length, 1);
  connection.retryNow();
  assert.equal(FakeSocket.all.length, 2);
});

test('it waits longer from failure to failure, but not for ever', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  connect();
  for (let i = 0; i < 8; i++) {
    FakeSocket.all.at(-1)!.close();
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    t.mock.timers.tick(12_500);
  }
  assert.equal(FakeSocket.all.length, 9);
});
