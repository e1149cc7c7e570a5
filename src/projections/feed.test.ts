import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/local/journal.ts';
import { createFeed } from './feed.ts';
import type { FeedEvent } from './feed-events.ts';

const clock = () => 1_700_000_000_000;

describe('the live feed', () => {
  let directory: string;
  let journal: Journal;
  let count = 0;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'assay-feed-'));
    journal = await openJournal({ directory });
    count = 0;
  });
  afterEach(async () => {
    await journal.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Appends decisions; every third is reviewed. */
  async function decide(n: number): Promise<void> {
    let last: Promise<void> | undefined;
    for (let i = 0; i < n; i++) {
      const id = `t${++count}`;
      const decision = {
        decision: count % 3 === 0 ? 'review' : 'approve',
        score: 1,
        reasons: [],
        fraudExplanation: 'x',
      };
      const transaction = { id, userId: 'u', amount: 1, currency: 'USD', time: 0, warnings: [] };
      const data = { transaction, decision, latencyMs: count };
      last = journal.enqueue({ type: 'decision', at: clock(), key: `t:${id}`, data }).durable;
    }
    await last;
  }
  async function command(type: 'finalize' | 'label', transactionId: string): Promise<number> {
    const data =
      type === 'finalize' ? { transactionId, override: false } : { transactionId, labelId: 'l', label: 'fraud' };
    const { record, durable } = journal.enqueue({ type, at: clock(), key: `c:${type}${transactionId}`, data });
    await durable;
    return record.sequence;
  }

  function client() {
    const seen: FeedEvent[] = [];
    let buffered = 0;
    return {
      seen,
      block: (bytes: number) => {
        buffered = bytes;
      },
      send: (event: FeedEvent) => void seen.push(event),
      bufferedBytes: () => buffered,
    };
  }
  async function until(condition: () => boolean): Promise<void> {
    for (let i = 0; i < 400 && !condition(); i++) await sleep(5);
    assert.ok(condition(), 'in time');
  }
  /** What a client that was there from the start would have seen. */
  const whole = (n: number, from = 1) =>
    Array.from({ length: n - from + 1 }, (_, i) => from + i).flatMap((s) =>
      s % 3 === 0 ? [s * 4, s * 4 + 1] : [s * 4],
    );
  const seqs = (events: FeedEvent[]) => events.filter(({ type }) => type !== 'stats').map(({ seq }) => seq);

  test('from now on: each durable decision once, an alert beside what is not approved', async () => {
    await decide(2);
    const feed = createFeed({ journal, clock });
    const follower = client();
    const stop = feed.follow(undefined, follower);
    await decide(4);
    await until(() => follower.seen.length >= 6);
    assert.deepEqual(seqs(follower.seen), whole(6, 3));
    assert.deepEqual(follower.seen[1].type, 'alert');
    assert.equal(follower.seen[0].data.id, 't3');
    stop();
    await decide(3);
    assert.equal(follower.seen.length, 6, 'nothing after it stopped');
    feed.close();
  });

  test('resumes after any event without a gap or a repetition, while more arrives', async () => {
    await decide(30);
    const feed = createFeed({ journal, clock });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 5 }), async (since, more) => {
        const follower = client();
        const stop = feed.follow(since, follower);
        await decide(more);
        const total = count;
        const expected = whole(total).filter((seq) => seq > since);
        await until(() => seqs(follower.seen).length >= expected.length);
        assert.deepEqual(seqs(follower.seen), expected);
        stop();
      }),
      { seed: 3, numRuns: 25 },
    );
    feed.close();
  });

  test('one that resumes after what never was is told so at once, and goes on live', async () => {
    await decide(3);
    const feed = createFeed({ journal, clock });
    const [stranger, level] = [client(), client()];
    feed.follow(16, stranger);
    feed.follow(15, level);
    assert.deepEqual(
      stranger.seen.map(({ seq, type, data }) => [seq, type, data.unknownSince]),
      [[15, 'stats', true]],
    );
    await decide(1);
    await until(() => stranger.seen.length === 2 && level.seen.length === 1);
    assert.deepEqual([seqs(stranger.seen), seqs(level.seen)], [[16], [16]]);
    feed.close();
  });

  test('a slow client is paused and goes on from the journal', async () => {
    const feed = createFeed({ journal, clock, maxBufferedBytes: 100, pollMs: 1 });
    const follower = client();
    feed.follow(undefined, follower);
    await decide(1);
    await until(() => follower.seen.length === 1);
    follower.block(101);
    await decide(50);
    await sleep(20);
    assert.ok(follower.seen.length <= 3, 'it was not sent what it cannot take');
    follower.block(0);
    await until(() => seqs(follower.seen).length === whole(51).length);
    assert.deepEqual(seqs(follower.seen), whole(51));
    feed.close();
  });

  test('one that lags too far skips ahead and is told how much it missed', async () => {
    const feed = createFeed({ journal, clock, maxBufferedBytes: 100, maxLagRecords: 20, pollMs: 1 });
    const follower = client();
    feed.follow(undefined, follower);
    await decide(1);
    await until(() => follower.seen.length === 1);
    follower.block(101);
    await decide(100);
    await sleep(20);
    follower.block(0);
    await until(() => follower.seen.some(({ data }) => data.missed !== undefined));
    const told = follower.seen.findIndex(({ data }) => data.missed !== undefined);
    const { seq, type, data } = follower.seen[told];
    assert.equal(type, 'stats');
    const lastBefore = Math.floor(follower.seen[told - 1].seq / 4);
    assert.equal(Math.floor(seq / 4) - lastBefore, data.missed, 'exactly what lies between');
    await decide(4);
    await until(() => seqs(follower.seen).at(-1)! >= 105 * 4);
    assert.deepEqual(seqs(follower.seen.slice(told)), whole(105, Math.floor(seq / 4) + 1));
    for (let i = 1; i < follower.seen.length; i++) assert.ok(follower.seen[i].seq > follower.seen[i - 1].seq);
    feed.close();
  });

  test('a refused command is no event; one whose outcome cannot be asked says so', async () => {
    await decide(1);
    const refused = await command('finalize', 't1');
    const accepted = await command('label', 't1');
    const unknown = await command('finalize', 't2');
    await decide(1);
    const feed = createFeed({
      journal,
      clock,
      outcome: async (sequence) => {
        if (sequence === unknown) throw new Error('away');
        return sequence === refused
          ? { status: 409, error: { code: 'declined', detail: '' } }
          : { status: 201, body: {} };
      },
    });
    const follower = client();
    feed.follow(0, follower);
    await until(() => follower.seen.length === 4);
    assert.deepEqual(
      follower.seen.map(({ seq, type, data }) => [seq, type, data.confirmed]),
      [
        [4, 'transaction.decided', undefined],
        [accepted * 4, 'label.recorded', undefined],
        [unknown * 4, 'transaction.finalized', false],
        [20, 'transaction.decided', undefined],
      ],
    );
    feed.close();
  });

  test('statistics come along with the last place, and count', async () => {
    const feed = createFeed({ journal, clock, statsEveryMs: 10 });
    const follower = client();
    feed.follow(undefined, follower);
    await decide(100);
    await until(() => follower.seen.some(({ type, data }) => type === 'stats' && data.decided === 100));
    const { seq, data } = follower.seen.find((event) => event.type === 'stats' && event.data.decided === 100)!;
    assert.equal(seq, 403);
    assert.deepEqual([data.approve, data.review, data.decline, data.perMinute], [67, 33, 0, 100]);
    assert.deepEqual(data.latencyMs, { p50: 50, p95: 95, p99: 99 });
    feed.close();
  });
});
