import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { createDemo, type DemoState } from './demo.ts';

const START = Date.UTC(2026, 0, 31);

interface Sent {
  at: number;
  path: string;
  body: Record<string, unknown>;
}

function stage(status: (sent: Sent) => number | Promise<number> = () => 201) {
  const sent: Sent[] = [];
  let seed = 0;
  const demo = createDemo({
    clock: Date.now,
    seed: () => ++seed,
    onError: (error) => assert.fail(String(error)),
    async send(path, body) {
      const one = { at: Date.now(), path, body };
      sent.push(one);
      return status(one);
    },
  });
  return { demo, sent, payments: () => sent.filter(({ path }) => path === '/api/transactions') };
}

async function pass(ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 50) {
    mock.timers.tick(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'Date'], now: START }));
afterEach(() => mock.timers.reset());

test('posts at its rate for its time, a month of payments that ends now, then ends by itself', async () => {
  const { demo, payments, sent } = stage();
  assert.equal(demo.start({ rate: 40, seconds: 20 }).running, true);
  await pass(5_000);
  assert.ok(Math.abs(payments().length - 200) <= 2, String(payments().length));
  await pass(20_000);
  const state: DemoState = demo.status();
  assert.deepEqual([state.running, state.stopped, state.failed], [false, undefined, 0]);
  assert.ok(Math.abs(state.posted - 800) <= 2, String(state.posted));
  const times = payments().map(({ body }) => Date.parse(body.transactionDate as string));
  assert.ok(times[0] < START - 27 * 86_400_000 && times[times.length - 1] > START - 3 * 86_400_000);
  assert.ok(times.every((time) => time <= Date.now()));
  assert.equal(new Set(payments().map(({ body }) => body.id)).size, payments().length);
  const truths = sent.filter(({ path }) => /\/(labels|disputes)$/.test(path));
  assert.equal(truths.length, state.labelled);
  assert.ok(truths.length > 10 && truths.some(({ body }) => body.reasonCode === '10.4'));
  const known = new Map(payments().map(({ body, at }) => [`/api/transactions/${body.id}`, at]));
  const paidAt = (path: string) => known.get(path.slice(0, path.lastIndexOf('/')))!;
  for (const { path, at } of truths) assert.ok(at - paidAt(path) >= 1_500, 'the truth comes later');
  const events = sent.filter(({ path }) => path.endsWith('/events'));
  assert.ok(events.length > 400 && events.some(({ body }) => body.type === 'refused'), String(events.length));
  const before = sent.length;
  await pass(1_000);
  assert.equal(sent.length, before);
});

test('less than one a second is a rate too', async () => {
  const { demo, payments } = stage();
  demo.start({ rate: 0.5, seconds: 20 });
  await pass(20_000);
  assert.ok(payments().length >= 9 && payments().length <= 10, String(payments().length));
});

test('stops when told, and another start replaces the one that runs', async () => {
  const { demo, payments } = stage();
  demo.start({ rate: 20, seconds: 60 });
  await pass(1_000);
  demo.start({ rate: 20, seconds: 60 });
  await pass(1_000);
  const prefixes = new Set(payments().map(({ body }) => String(body.id).split('_')[1]));
  assert.deepEqual([...prefixes], ['1', '2']);
  const ended = await demo.stop();
  assert.deepEqual([ended.running, ended.stopped], [false, 'stopped']);
  const before = payments().length;
  await pass(1_000);
  assert.equal(payments().length, before);
});

test('a server that refuses is let alone, and one that is slow is waited for', async () => {
  const refusing = stage(() => 503);
  refusing.demo.start({ rate: 100, seconds: 60 });
  await pass(5_000);
  const { running, stopped, failed } = refusing.demo.status();
  assert.deepEqual([running, stopped], [false, 'refused with status 503']);
  assert.ok(failed < 60, String(failed));

  let open = (_: number) => {};
  const gate = new Promise<number>((resolve) => {
    open = resolve;
  });
  const slow = stage(() => gate);
  slow.demo.start({ rate: 200, seconds: 60 });
  await pass(5_000);
  assert.equal(slow.sent.length, 64);
  const stopping = slow.demo.stop();
  open(201);
  assert.equal((await stopping).posted, 64);
});
