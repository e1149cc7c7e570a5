import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';
import { until } from './support/load.ts';
import { startTracing, type Traced } from './support/tracing.ts';

const CALLER = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;

describe('traces with an SDK', () => {
  let app: TestApp;
  let stop: () => void;
  const spans: Traced[] = [];
  const named = (name: string, id?: string) =>
    spans.filter((span) => span.name === name && (id === undefined || span.attributes['assay.transaction.id'] === id));
  before(async () => {
    stop = startTracing((span) => spans.push(span));
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    stop();
  });

  test('a request, its decision and its append are one trace, the caller’s; the projection is linked to it', async () => {
    const body = { id: 'traced-1', userId: 'u-traced', amount: 20 };
    const answer = await call(app.url, 'POST', '/api/transactions', body, { traceparent, 'x-request-id': 'r-1' });
    assert.equal(answer.status, 201);
    await until('the request is over', async () => named('POST /api/transactions').length === 1);
    const [request] = named('POST /api/transactions');
    assert.deepEqual([request.traceId, request.parentId], [CALLER.traceId, CALLER.spanId]);
    assert.equal(request.attributes['http.response.status_code'], 201);
    assert.equal(request.attributes['assay.request.id'], 'r-1');
    const [decide] = named('decide', 'traced-1');
    assert.deepEqual([decide.traceId, decide.parentId], [CALLER.traceId, request.spanId]);
    assert.equal(decide.attributes['assay.decision'], answer.body.decision);
    const append = spans.find(({ name, parentId }) => name === 'append' && parentId === decide.spanId);
    assert.ok(append);
    await until('it is projected', async () => named('project').some(({ links }) => links.includes(append.spanId)));
    const project = named('project').find(({ links }) => links.includes(append.spanId));
    assert.notEqual(project?.traceId, CALLER.traceId, 'a batch is a trace of its own');
  });

  test('requests at once keep to their own traces', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `at-once-${i}`);
    const traceOf = (i: number) => String(i + 1).padStart(32, 'a');
    await Promise.all(
      ids.map((id, i) =>
        call(
          app.url,
          'POST',
          '/api/transactions',
          { id, userId: 'u', amount: 5 + i },
          {
            traceparent: `00-${traceOf(i)}-${CALLER.spanId}-01`,
          },
        ),
      ),
    );
    await until('all are there', async () => ids.every((id) => named('decide', id).length === 1));
    for (const [i, id] of ids.entries()) assert.equal(named('decide', id)[0].traceId, traceOf(i));
  });

  test('what fails says its code, and nothing that was sent', async () => {
    const secret = 'somebody@example.com';
    const body = { id: 'traced-1', userId: 'u-traced', amount: 21, email: secret };
    assert.equal((await call(app.url, 'POST', '/api/transactions', body)).status, 409);
    await until('it is told', async () => named('decide').some(({ status }) => status === 2));
    assert.ok(!JSON.stringify(spans).includes(secret));
    assert.ok(!JSON.stringify(spans).includes('u-traced'));
  });
});

test('without an SDK nothing is wrapped and no record carries a trace', async () => {
  const app = await startApp();
  try {
    let trace: unknown = 'none came';
    app.services.journal.subscribe((record) => {
      trace = record.trace;
    });
    await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 1 }, { traceparent });
    assert.equal(trace, undefined);
  } finally {
    await app.stop();
  }
});
