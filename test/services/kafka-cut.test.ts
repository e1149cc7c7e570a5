import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka } from '../../scripts/services/kafka.ts';
import { openRawTopic } from '../../src/adapters/kafka/raw.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { wayTo } from '../support/cut.ts';
import { all, decision, numbers, settled } from '../support/journal-contract.ts';
import { noKafka, opened } from '../support/kafka.ts';
import { until } from '../support/load.ts';

const DEADLINE_MS = 1_500;
const CUT_MS = 6_000;

test('a network that is cut: every call ends in time, and afterwards all is as it was', {
  skip: noKafka,
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-kafka-'));
  let port = 0;
  const way = await wayTo(() => port);
  t.after(() => way.close());
  const kafka = await startKafka({ directory, advertised: `127.0.0.1:${way.port}` });
  port = kafka.port;
  t.after(async () => {
    await kafka.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const topics = { brokers: kafka.brokers, partitions: 4, replication: 1, minInsync: 1, deadlineMs: DEADLINE_MS };
  const journal = await opened(t, topics);
  const raw = await openRawTopic(topics);
  t.after(() => raw.close());
  const handled = new Set<string>();
  const consumer = raw.consume({
    async handle({ value }) {
      handled.add(value.toString());
    },
  });
  t.after(() => consumer.close());

  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  const times = { appends: 0, refused: 0, slowestMs: 0 };
  let stop = false;
  async function timed(work: () => Promise<unknown>): Promise<boolean> {
    const began = performance.now();
    try {
      await work();
      return true;
    } catch (error) {
      assert.ok(error instanceof AssayError && error.code === 'unavailable' && error.retryAfterSeconds, String(error));
      times.refused++;
      await sleep(50);
      return false;
    } finally {
      times.appends++;
      times.slowestMs = Math.max(times.slowestMs, performance.now() - began);
    }
  }
  const work = numbers(1, 8).map(async (worker) => {
    for (let i = worker * 100_000; !stop; i++) {
      const entry = decision(i);
      if (await timed(() => journal.enqueue(entry).durable)) acknowledged.add(entry.key);
      if (await timed(() => raw.send({ key: `u${worker}`, value: `m${i}` }))) sent.add(`m${i}`);
      if (i % 10 === 0) await timed(() => journal.horizon());
    }
  });
  try {
    await until('the network carries a load', () => acknowledged.size > 50, 60_000);
    way.cut();
    await sleep(CUT_MS);
    assert.equal(journal.status().ok, false);
    way.mend();
    const mended = performance.now();
    const during = acknowledged.size;
    await until('200 more are acknowledged', () => acknowledged.size >= during + 200, 60_000);
    t.diagnostic(`${Math.round(performance.now() - mended)} ms until 200 more were acknowledged`);
  } finally {
    // Whatever happened: a loop that goes on keeps the file alive.
    stop = true;
    await Promise.allSettled(work);
  }
  await Promise.all(work);
  t.diagnostic(JSON.stringify(times));
  assert.ok(times.refused > 0);
  assert.ok(times.slowestMs < CUT_MS - 500, `a call took ${times.slowestMs} ms`);

  await settled(journal);
  const keys = new Map<string, number>();
  for (const { type, key } of await all(journal)) if (type !== 'void') keys.set(key, (keys.get(key) ?? 0) + 1);
  for (const key of acknowledged) assert.equal(keys.get(key), 1, key);
  assert.ok([...keys.values()].every((count) => count === 1));
  for (const until = Date.now() + 30_000; ![...sent].every((value) => handled.has(value)); await sleep(50))
    assert.ok(Date.now() < until, 'all that was sent is handled');
  assert.equal(journal.status().ok, true);
});
