import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { eventOf, sentryStream, sentryTarget } from '../src/adapters/http/sentry.ts';
import { createLog } from '../src/app/log.ts';

const AT = { release: 'assay@1.2.3', environment: 'assay' };

test('errors of the log reach a receiver of envelopes, and nothing of people with them', async () => {
  const came: { headers: Record<string, unknown>; parts: Record<string, unknown>[]; path: string }[] = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    came.push({
      headers: request.headers,
      path: request.url!,
      parts: body
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one)),
    });
    response.end('{}');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = receiver.address() as { port: number };
    const stream = sentryStream(sentryTarget(`http://abc123@127.0.0.1:${port}/sub/4`), { ...AT, clock: Date.now });
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) }, stream);
    log.info({ userId: 'u_secret' }, 'nothing of Sentry’s');
    log.warn('nor this');
    const cause = new TypeError('of 4111 1111 1111 1111');
    const error = Object.assign(new Error('ann@example.com from 203.0.113.9 said "Ann"', { cause }), {
      row: { name: 'Ann' },
    });
    log.error(
      { err: error, email: 'ann@example.com', requestId: 'r1', route: '/api/x', body: { name: 'Ann' } },
      'it broke',
    );
    await stream.flushed();
    assert.equal(lines.length, 3, 'the log has all');
    assert.equal(came.length, 1);
    const [{ headers, parts, path }] = came;
    assert.equal(path, '/sub/api/4/envelope/');
    assert.match(String(headers['x-sentry-auth']), /sentry_version=7.*sentry_key=abc123/);
    assert.equal(headers['content-type'], 'application/x-sentry-envelope');
    const [envelope, item, event] = parts as [{ event_id: string }, { type: string }, Record<string, never>];
    assert.match(envelope.event_id, /^[0-9a-f]{32}$/);
    assert.deepEqual(
      [item.type, event.event_id, event.level, event.release],
      ['event', envelope.event_id, 'error', 'assay@1.2.3'],
    );
    const { values } = event.exception as {
      values: { type: string; value: string; stacktrace: { frames: { filename: string; lineno: number }[] } }[];
    };
    assert.deepEqual(
      values.map(({ type }) => type),
      ['TypeError', 'Error'],
      'the cause first',
    );
    assert.match(values[1].stacktrace.frames.at(-1)!.filename, /^test\/sentry\.test\.ts$/);
    assert.deepEqual(event.tags, { route: '/api/x' });
    assert.doesNotMatch(JSON.stringify(parts), /ann|Ann|4111|203\.0\.113|u_secret/);
    assert.deepEqual(stream.counts, { sent: 1, dropped: 0, failed: 0 });
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

test('a fault in a loop is no flood, and a receiver that is away or full holds nobody up', async () => {
  let now = 1_000_000;
  const full = createServer((_request, response) => response.writeHead(429, { 'retry-after': '30' }).end());
  await new Promise<void>((resolve) => full.listen(0, '127.0.0.1', resolve));
  const { port } = full.address() as { port: number };
  const stream = sentryStream(sentryTarget(`http://k@127.0.0.1:${port}/1`), { ...AT, clock: () => now });
  const line = JSON.stringify({ level: 50, time: now, msg: 'again' });
  try {
    for (let i = 0; i < 100; i++) stream.write(line);
    await stream.flushed();
    assert.ok(stream.counts.dropped >= 60 && stream.counts.failed > 0, JSON.stringify(stream.counts));
    const { dropped } = stream.counts;
    stream.write(line);
    assert.equal(stream.counts.dropped, dropped + 1, 'told to wait, it waits');
  } finally {
    full.closeAllConnections();
    await new Promise((resolve) => full.close(resolve));
  }
  now += 120_000;
  const { failed } = stream.counts;
  stream.write(line);
  await stream.flushed();
  assert.equal(stream.counts.failed, failed + 1, 'and goes on after, whoever is away');
});

test('a DSN is one, or an error that does not repeat its key', () => {
  assert.equal(sentryTarget('https://k@o1.ingest.example/42').url, 'https://o1.ingest.example/api/42/envelope/');
  for (const wrong of [
    '',
    'sentry',
    'https://o1.example/42',
    'https://secret@o1.example/',
    'ftp://secret@o1.example/4',
  ])
    assert.throws(
      () => sentryTarget(wrong),
      (error: Error) => /^SENTRY_DSN: /.test(error.message) && !/secret/.test(error.message),
    );
  assert.equal(eventOf('no line', AT), undefined);
  assert.equal(eventOf('{"level":40,"time":1}', AT), undefined);
});
