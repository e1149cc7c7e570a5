import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Span, startCollector, tracingPreload } from '../../scripts/services/opentelemetry.ts';
import { call } from '../support/app.ts';
import { startFleet, withoutFleet } from '../support/fleet.ts';
import { until } from '../support/load.ts';

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const PAYMENTS = 20;
const skip = await withoutFleet();

test('what a worker decides is one trace from the request to the append; the projection is linked to it, once a server', {
  skip,
}, async (t) => {
  const collector = await startCollector();
  t.after(() => collector.close());
  const fleet = await startFleet({
    ...{ servers: 2, workers: 1 },
    env: {
      NODE_OPTIONS: `--import ${tracingPreload()}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  });
  t.after(() => fleet.stop());
  const [one] = fleet.servers;
  const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
  const headers = { traceparent, prefer: 'respond-async' };
  const ids = Array.from({ length: PAYMENTS }, (_, i) => `traced-${i}`);
  for (const id of ids) {
    const taken = await call(one.url, 'POST', '/api/transactions', { id, userId: 'u', amount: 20 }, headers);
    assert.ok([201, 202].includes(taken.status), JSON.stringify(taken.body));
  }
  for (const { url } of fleet.servers)
    for (const id of ids)
      await until('it is decided, and read', async () => {
        const { body } = await call(url, 'GET', `/api/transactions/${id}`);
        return body.decision !== undefined && body.decision !== null;
      });
  const processes = [...fleet.servers, ...fleet.workers];
  await Promise.all(processes.map((process) => process.stop()));

  const [first, second, worker] = processes.map(({ child }) => child.pid);
  const { spans } = collector;
  const below = (parents: Span[], name: string) =>
    spans.filter((span) => span.name === name && parents.some(({ spanId }) => spanId === span.parentSpanId));
  const requests = spans.filter(({ parentSpanId }) => parentSpanId === CALLER.spanId);
  const accepted = below(requests, 'accept');
  const processed = below(accepted, 'process');
  const decided = below(processed, 'decide');
  for (const [made, pid] of [
    [requests, first],
    [accepted, first],
    [processed, worker],
    [decided, worker],
  ] as const) {
    assert.equal(made.length, PAYMENTS);
    for (const span of made) assert.deepEqual([span.traceId, span.pid], [CALLER.traceId, pid], span.name);
  }
  for (const decide of decided) {
    const appended = below([decide], 'append');
    assert.ok(appended.every(({ pid, traceId }) => pid === worker && traceId === CALLER.traceId));
    const projected = spans.filter(
      ({ name, links }) =>
        name === 'project' && links?.some(({ spanId }) => appended.some((append) => append.spanId === spanId)),
    );
    // A server that was told of more than the batch by another's work has not begun it.
    const by = projected.map(({ pid }) => pid);
    assert.ok(by.length > 0 && new Set(by).size === by.length, `projected by ${by}`);
    assert.ok(by.every((pid) => pid === first || pid === second));
  }
});
