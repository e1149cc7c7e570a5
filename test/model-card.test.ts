import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { modelCardHtml } from '../src/api/model-card-html.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { call, startApp, type TestApp } from './support/app.ts';

const { version, head } = loadArtifact(defaultModelDir);
const measuredRows = (part: string) => (head.metrics[part] as Record<string, number>).rows;

describe('the card of a model', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ API_KEY: 'the-admin' });
  });
  after(() => app.stop());
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call(app.url, method, path, body, { 'x-api-key': 'the-admin', ...headers });
  const path = `/api/models/${version}/card`;

  test('tells use, data, figures, segments with intervals, limits, and who promoted it and why', async () => {
    const reason = 'better on <b>cards</b> & transfers';
    const promoted = await ask('POST', `/api/models/${version}/promote`, { reason });
    assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
    const { status, body } = await ask('GET', path);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.version, body.role, body.data.rows], [version, 'champion', head.lineage.rows]);
    assert.equal(body.data.from, new Date(head.lineage.from).toISOString());
    const tested = body.figures.find(({ part }: { part: string }) => part === 'test');
    const measured = head.metrics.test as Record<string, number>;
    assert.equal(tested.figures.averagePrecision, measured.averagePrecision);
    const [low, high] = tested.intervals.averagePrecision;
    assert.ok(low < measured.averagePrecision && measured.averagePrecision < high);
    assert.ok(body.segments.length > 5);
    for (const { precision, recall, segment } of body.segments)
      for (const share of [precision, recall].filter(Boolean)) {
        const [least, most] = share.interval;
        assert.ok(0 <= least && least <= share.value && share.value <= most && most <= 1, segment);
      }
    assert.match(body.limits.join(' '), /a generator made up/);
    assert.deepEqual(
      body.promotions.map((one: Record<string, unknown>) => [one.reason, one.previous]),
      [[reason, version]],
    );
    assert.ok(body.promotions[0].by);
    // What drift knows is told as it is known: here of the first minutes.
    const { state, weeks, score, drifted, alarms } = body.drift;
    assert.deepEqual([state, weeks, score.state, drifted, alarms], ['learning', 0, 'learning', [], []]);
  });

  test('as a page for people; nothing that it holds is markup', async () => {
    const { headers, body } = await ask('GET', path, undefined, { accept: 'text/html' });
    assert.match(String(headers.get('content-type')), /^text\/html/);
    assert.match(String(headers.get('content-security-policy')), /default-src 'none'/);
    assert.ok(body.includes(`<td>rows</td><td>${measuredRows('train')}</td>`), 'a count is told whole');
    assert.match(body, /better on &lt;b&gt;cards&lt;\/b&gt; &amp; transfers/);
    assert.doesNotMatch(body, /<b>|<script/);
    const card = (await ask('GET', path)).body;
    const hostile = '"><img src=x onerror=alert(1)>';
    const page = modelCardHtml({ ...card, name: hostile, use: [hostile], goesBy: [{ feature: hostile, share: 1 }] });
    assert.doesNotMatch(page, /<img/);
    const since = (more: object) => modelCardHtml({ ...card, drift: { ...card.drift, since: null, ...more } });
    const alarm = {
      series: 'amount',
      level: 'alarm',
      at: '2026-11-02T00:00:00.000Z',
      since: '2026-11-01T00:00:00.000Z',
    };
    assert.match(since({}), /0 are known: until then nothing is said.*No alarm\./);
    assert.match(
      since({ state: 'drifted', drifted: ['amount', '#declined'], alarms: [alarm] }),
      /unlike the four weeks before in amount, #declined\..*2026-11-02T00:00:00.000Z/,
    );
    assert.match(
      modelCardHtml({ ...card, drift: null, goesBy: [] }),
      /Not known of a model of this kind.*only what decides/s,
    );
  });

  test('404 for a model that is not kept, 403 without the scope', async () => {
    assert.equal((await ask('GET', '/api/models/0000000000000000/card')).status, 404);
    const { body } = await ask('POST', '/api/keys', { name: 'taker', scopes: ['ingest'] });
    assert.equal((await ask('GET', path, undefined, { 'x-api-key': body.secret })).status, 403);
  });
});
