import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildWorkerServer, type WorkerStats } from '../src/api/worker.ts';
import { createLog } from '../src/app/log.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { arrayJournal } from './support/array-journal.ts';
import { type Family, figureOf, parseExposition } from './support/exposition.ts';
import { fleetFigures } from './support/fleet-figures.ts';

/** Ours end in what they count, so that nobody has to guess a unit. */
const UNITS =
  /_(seconds|bytes|records|sequence|total|partitions|profiles|up|loaded|info|version|rules|waiting|open|in_flight|sequencer|webhooks)$/;
const DECISION = 'assay_decisions_total';

function check(families: Map<string, Family>): void {
  for (const [name, { type, samples }] of families) {
    if (name.startsWith('assay_')) {
      assert.match(name, UNITS);
      assert.equal(type === 'counter', name.endsWith('_total'), `${name} is a ${type}`);
    }
    if (type === 'histogram') checkHistogram(name, samples);
    else if (name.startsWith('assay_')) for (const { value } of samples) assert.ok(Number.isFinite(value), name);
  }
}

function checkHistogram(name: string, samples: Family['samples']): void {
  const series = new Map<string, { below: number; count: number }>();
  for (const { name: full, labels, value } of samples) {
    const { le, ...rest } = labels;
    const own = JSON.stringify(rest);
    const seen = series.get(own) ?? { below: 0, count: -1 };
    series.set(own, seen);
    if (full === `${name}_bucket`) {
      assert.ok(value >= seen.below, `${name} falls at ${le}`);
      seen.below = value;
      if (le === '+Inf') seen.count = value;
    }
    if (full === `${name}_count`) assert.equal(value, seen.count, `${name} counts what is in its buckets`);
  }
}

describe('/metrics of a server', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({}, { log: createLog('info', { write() {} }) });
  });
  after(() => app.stop());
  const scrape = async () => {
    const answer = await call(app.url, 'GET', '/metrics');
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    return parseExposition(answer.body);
  };

  test('counts decisions by outcome, once each, and times them', async () => {
    const earlier = await scrape();
    for (let i = 0; i < 20; i++)
      for (const _ of [1, 2]) {
        const answer = await call(app.url, 'POST', '/api/transactions', { id: `m-${i}`, userId: 'u', amount: 9 + i });
        assert.equal(answer.status, 201);
      }
    const families = await scrape();
    check(families);
    const sum = (of: Map<string, Family>) => of.get(DECISION)!.samples.reduce((total, { value }) => total + value, 0);
    assert.deepEqual(
      families
        .get(DECISION)!
        .samples.map(({ labels }) => labels.decision)
        .sort(),
      [...['approve', 'decline', 'review']],
    );
    assert.equal(sum(families) - sum(earlier), 20, 'a repeated request decides nothing');
    const decided = (of: Map<string, Family>) => figureOf(of, 'assay_decision_latency_seconds_count');
    assert.equal(decided(families) - decided(earlier), 20);
    assert.equal(figureOf(families, 'assay_decisions_degraded_total'), 0);
    const posts = { method: 'POST', route: '/api/transactions', status: '201' };
    assert.equal(figureOf(families, 'assay_http_request_duration_seconds_count', posts), 40);
    assert.equal(figureOf(families, 'assay_journal_up'), 1);
    assert.equal(figureOf(families, 'assay_model_loaded'), 1);
    assert.equal(figureOf(families, 'assay_database_up'), 1);
    assert.equal(figureOf(families, 'assay_webhook_deliveries_total', { outcome: 'failed' }), 0);
    assert.ok(figureOf(families, 'assay_journal_durable_sequence') >= 20);
  });

  test('labels are routes as declared: no id, query or unknown path makes a series', async () => {
    await call(app.url, 'POST', '/api/transactions', { id: 'secret-id', userId: 'u-secret', amount: 1 });
    await call(app.url, 'GET', '/api/transactions/secret-id');
    await call(app.url, 'GET', '/no/such/secret-path');
    await call(app.url, 'GET', '/api/entities/card/secret-card');
    const families = await scrape();
    check(families);
    const texts = [...families.values()].flatMap(({ samples }) =>
      samples.flatMap(({ labels }) => Object.values(labels)),
    );
    assert.deepEqual(
      texts.filter((text) => text.includes('secret')),
      [],
    );
    const unknown = { method: 'GET', route: 'unknown', status: '404' };
    assert.equal(figureOf(families, 'assay_http_request_duration_seconds_count', unknown), 1);
    const one = { method: 'GET', route: '/api/transactions/:id', status: '200' };
    assert.equal(figureOf(families, 'assay_http_request_duration_seconds_count', one), 1);
    const series = families.get('assay_http_request_duration_seconds')!.samples;
    const bounds = new Set(series.map(({ labels }) => labels.le));
    assert.ok(bounds.has('0.15') && bounds.has('0.2'), 'what alerts ask for is a bound');
  });

  test('the log’s errors are counted', async () => {
    const earlier = figureOf(await scrape(), 'assay_log_lines_total', { level: 'error' });
    app.services.log.error({}, 'made up');
    assert.equal(figureOf(await scrape(), 'assay_log_lines_total', { level: 'error' }), earlier + 1);
  });
});

test('a worker shows what a fleet counts', async () => {
  let decided: ((record: JournalRecord) => void) | undefined;
  const figures = fleetFigures((listener) => {
    decided = listener;
    return () => {};
  });
  let stats: WorkerStats | undefined;
  const app = buildWorkerServer({
    ...{ journal: arrayJournal(), engine: { ready: true, modelVersion: 'v' }, roster: { problem: undefined } },
    policy: { stats: () => ({ version: 0, failures: {}, lastFailures: {}, broken: [], timed: 0, seconds: 0 }) },
    ...{ fleet: { profilesHealthy: true, policyBehind: false, figures }, log: createLog('silent'), draining: false },
    stats: () => stats,
  });
  const scrape = async () => parseExposition((await app.inject('/metrics')).body);
  const early = await scrape();
  check(early);
  assert.equal(figureOf(early, 'assay_consumer_up', { group: 'workers' }), 0);
  const lag = new Map([0, 3].map((partition, i) => [partition, 5 + 2 * i]));
  stats = { lag, inFlight: 1, handled: 100, dead: 2, retried: 3, healthy: true };
  const data = { decision: { decision: 'decline', degraded: true, rules: [] }, latencyMs: 40 };
  decided!({ type: 'decision', data } as unknown as JournalRecord);
  const families = await scrape();
  check(families);
  const value = (name: string, labels?: Record<string, string>) => figureOf(families, name, labels);
  assert.equal(value(DECISION, { decision: 'decline' }), 1);
  assert.equal(value('assay_decisions_degraded_total'), 1);
  assert.equal(value('assay_decision_latency_seconds_bucket', { le: '0.05' }), 1);
  assert.equal(value('assay_decision_latency_seconds_bucket', { le: '0.025' }), 0);
  assert.equal(value('assay_consumer_lag_records', { group: 'workers' }), 12);
  assert.equal(value('assay_consumer_partitions', { group: 'workers' }), 2);
  assert.equal(value('assay_consumer_up', { group: 'profiles' }), 0);
  assert.equal(value('assay_worker_messages_total', { result: 'dead' }), 2);
  assert.equal(value('assay_journal_produce_errors_total', { topic: 'raw' }), 4);
  assert.equal(value('assay_profile_reads_total', { result: 'unchanged' }), 7);
  assert.equal(value('assay_redis_up'), 1);
  // Asked again, a figure is what it is and not twice that.
  assert.deepEqual((await scrape()).get('assay_worker_messages_total')!.samples, [
    ...families.get('assay_worker_messages_total')!.samples,
  ]);
});
