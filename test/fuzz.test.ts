import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { startApp, type TestApp } from './support/app.ts';
import { dereferenced } from './support/openapi.ts';
import { type Operation, operationsOf, valid } from './support/schema-arbitrary.ts';

/** Runs an operation; what is not JSON is sent as it is. */
interface Shot {
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

const KEY = 'the-key-of-the-fuzz';
/** More of it, or something else: `FUZZ_RUNS=2000 FUZZ_SEED=7 node --test test/fuzz.test.ts`. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_260);
const RUNS = Number(process.env.FUZZ_RUNS ?? 40);

/**
 * Every operation of the document, shot at with what fits its schemas, almost fits, and does not fit at all. Nothing may
 * answer with a server error, and every refusal is a problem document.
 */
describe('fuzz', () => {
  let app: TestApp;
  let operations: Operation[];
  before(async () => {
    app = await startApp({ API_KEY: KEY });
    operations = operationsOf(dereferenced((await app.server.inject('/openapi.json')).json()));
  });
  after(() => app.stop());

  async function shoot(operation: Operation, shot: Shot) {
    const answer = await app.server.inject({
      method: operation.method as 'GET',
      url: shot.path + shot.query,
      headers: {
        host: 'localhost',
        'x-api-key': KEY,
        ...(shot.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...shot.headers,
      },
      ...(shot.body === undefined ? {} : { payload: shot.body }),
    });
    const what = `${operation.method} ${shot.path}${shot.query} → ${answer.statusCode} ${answer.payload.slice(0, 300)}`;
    const unready = answer.statusCode === 503 && /^\/(?:ready|health|api\/health)$/.test(operation.path);
    assert.ok(answer.statusCode < 500 || unready, what);
    assert.ok(answer.headers['x-request-id'], what);
    assert.match(String(answer.headers['x-response-time-ms']), /^\d+(\.\d+)?$/);
    if (answer.statusCode >= 400 && !unready) assertProblem(answer, what);
    const documented = operation.answers[answer.statusCode];
    if (documented && /^application\/json/.test(String(answer.headers['content-type'])))
      assert.ok(documented.Check(answer.json()), `${what} ${JSON.stringify(documented.Errors(answer.json()))}`);
    else assert.ok(answer.statusCode in operation.answers || answer.statusCode >= 400, `${what} is not documented`);
    return answer;
  }

  test('operations with valid, mutated and hostile input', { timeout: 240_000 + RUNS * 1_000 }, async (t) => {
    for (const operation of operations)
      await t.test(`${operation.method} ${operation.path}`, async () => {
        let accepted = 0;
        await fc.assert(
          fc.asyncProperty(shots(operation), async (shot) => {
            const answer = await shoot(operation, shot);
            if (answer.statusCode < 300) accepted++;
          }),
          { seed: SEED, numRuns: RUNS },
        );
        // A run in which everything is refused at the door would show nothing.
        if (operation.takesValid) assert.ok(accepted > 0, 'some input got through');
      });
  });

  test('a valid transaction is always accepted', async () => {
    const decide = operations.find(({ method, path }) => method === 'POST' && path === '/api/transactions')!;
    await fc.assert(
      fc.asyncProperty(valid(decide.body!), fc.uuid(), async (body, id) => {
        const shot = {
          path: decide.path,
          query: '',
          headers: {},
          body: JSON.stringify({ amount: 1, ...(body as object), id, ...SETTLED }),
        };
        assert.equal((await shoot(decide, shot)).statusCode, 201);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('bodies that are hardly bodies', async () => {
    const deep = (open: string, close: string) => open.repeat(200_000) + close.repeat(200_000);
    const bodies: (string | Buffer)[] = [
      '',
      'null',
      'true',
      '0',
      '"x"',
      '[]',
      '{',
      '{"userId":"u","amount":NaN}',
      '{"userId":"u","amount":Infinity}',
      '{"userId":"u","amount":-1e999}',
      '{"userId":"u","amount":1e999}',
      '{"userId":"u","amount":1,"amount":"x"}',
      '{"__proto__":{"amount":1},"userId":"u"}',
      '{"userId":"u","amount":1,"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}',
      '{"userId":"u","amount":1,"metadata":{"__proto__":{"polluted":true}}}',
      '{"userId":"\\ud800","amount":1}',
      '{"userId":"a\\u0000b","amount":1}',
      '{"userId":"u","amount":1,"metadata":{"a":"\\u0000"}}',
      '{"userId":"u","amount":1,"metadata":{"\\udfff":1}}',
      `{"userId":"u","amount":1,"metadata":${deep('{"a":', '}').replace('}', '1}')}}`,
      `{"userId":"u","amount":1,"x":${deep('[', ']')}}`,
      deep('[', ']'),
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
      Buffer.alloc(1024 * 1024 + 1, 0x20),
    ];
    for (const operation of operations.filter(({ body }) => body))
      for (const body of bodies) {
        const path = operation.path.replaceAll(/\{[^}]+\}/g, 'x');
        await shoot(operation, { path, query: '', headers: {}, body });
      }
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });

  test('what is not even HTTP', async () => {
    const port = Number(new URL(app.url).port);
    const say = (text: string | Buffer) =>
      new Promise<string>((resolve) => {
        let answer = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.setEncoding('latin1');
        socket.on('data', (chunk) => {
          answer += chunk;
        });
        socket.on('close', () => resolve(answer));
        socket.on('error', () => resolve(answer));
      });
    const line = `Host: localhost\r\nX-API-Key: ${KEY}\r\nConnection: close\r\n\r\n`;
    const requests = [
      'nonsense\r\n\r\n',
      `BREW /api/users HTTP/1.1\r\n${line}`,
      `GET /api/users/\xff\xfe HTTP/1.1\r\n${line}`,
      Buffer.from(`GET /api/users/😀|%|\u00e9 HTTP/1.1\r\n${line}`),
      Buffer.from(`GET /api/users/😀|ok HTTP/1.1\r\n${line}`),
      `GET /api/users?q=%zz&limit=%%% HTTP/1.1\r\n${line}`,
      `GET //api//users HTTP/1.1\r\n${line}`,
      `GET http://localhost/api/users HTTP/1.1\r\n${line}`,
      `GET * HTTP/1.1\r\n${line}`,
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${line}`,
      `GET /api/users HTTP/1.1\r\nX-Request-ID: ${'x'.repeat(200)}\r\n${line}`,
      `POST /api/users HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: -5\r\n${line}`,
      `POST /api/users HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n${line}`,
    ];
    for (const request of requests) {
      const answer = await say(request);
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
      assert.ok(status >= 200 && status < 500, `${request.toString().slice(0, 80)} → ${answer.slice(0, 200)}`);
      if (status >= 400) assert.match(answer, /application\/problem\+json/i, request.toString().slice(0, 80));
    }
  });
});

/** Fields of which JSON Schema cannot say what fits. */
const SETTLED = {
  userId: 'u',
  currency: 'EUR',
  transactionDate: '2026-01-02T03:04:05+02:00',
  ip: '2001:db8::1',
  email: 'a@b.co',
  country: 'de',
  metadata: { a: [1, { b: null }] },
  merchantId: 'm',
  cardId: 'c',
  deviceId: 'd',
  productCategory: 'Books',
  customerLocation: 'Zürich 🏔',
  channel: 'web',
};

function assertProblem(
  answer: { statusCode: number; headers: Record<string, unknown>; payload: string },
  what: string,
) {
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/, what);
  const problem = JSON.parse(answer.payload);
  for (const name of ['type', 'title', 'code', 'detail', 'requestId'])
    assert.equal(typeof problem[name], 'string', what);
  assert.equal(problem.status, answer.statusCode, what);
  if (problem.errors)
    for (const error of problem.errors) {
      assert.equal(typeof error.path, 'string', what);
      assert.equal(typeof error.message, 'string', what);
    }
  assert.doesNotMatch(answer.payload, /\bat .*\.ts:\d+/, 'no stack trace');
}

const HOSTILE_IDS = [
  '|',
  '/',
  '%',
  'a|b',
  '../..',
  '😀',
  '\u0000',
  '\ud83d',
  ' ',
  "'; drop table x; --",
  '\n',
  'é',
  '__proto__',
];

/** Requests for an operation: mostly its own, some spoilt. */
function shots(operation: Operation): fc.Arbitrary<Shot> {
  const id = fc.oneof(
    fc.constantFrom(...HOSTILE_IDS),
    fc.string({ minLength: 1, unit: 'binary', maxLength: 40 }),
    fc.constant('x'.repeat(400)),
  );
  const encoded = fc.tuple(id, fc.boolean()).map(([text, raw]) => {
    // What a URL parser would refuse before it leaves the client is encoded; the rest goes as it is, half the time.
    const safe = text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
    return raw && /^[!-~]+$/.test(text) && !/[?#\\]/.test(text) ? text : safe;
  });
  const path = fc
    .array(encoded, { minLength: 2, maxLength: 2 })
    .map((ids) => operation.path.replaceAll(/\{[^}]+\}/g, () => ids.pop() ?? 'x'));
  const query = fc.oneof(
    fc.constant(''),
    operation.query.length === 0
      ? fc.constant('')
      : fc
          .record(Object.fromEntries(operation.query.map(({ name, schema }) => [name, valid(schema)])), {
            requiredKeys: [],
          })
          .map(asQuery),
    fc
      .dictionary(
        fc.constantFrom('limit', 'cursor', 'from', 'to', 'minScore', 'q', 'window', '__proto__', 'x'),
        fc.string({ unit: 'binary', maxLength: 20 }),
      )
      .map(asQuery),
    fc.constantFrom(
      '?limit=1&limit=2',
      '?limit=1e3',
      '?limit=NaN',
      '?%',
      '?cursor=%00',
      '?from=9999-99-99',
      '?minScore=1e999',
    ),
  );
  const printable = fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(...'abcXYZ012 .,;=/*"\\()<>@') });
  const headers = fc.dictionary(
    fc.constantFrom(
      'accept',
      'prefer',
      'idempotency-key',
      'x-request-id',
      'x-api-key',
      'authorization',
      'if-none-match',
      'content-encoding',
    ),
    printable,
    { maxKeys: 3 },
  );
  const { body: schema } = operation;
  const body: fc.Arbitrary<string | undefined> =
    schema === undefined
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 4, arbitrary: valid(schema).map((value) => JSON.stringify(value)) },
          { weight: 4, arbitrary: spoilt(schema) },
          { weight: 2, arbitrary: fc.json({ maxDepth: 6 }) },
          { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
        );
  return fc.record({
    path,
    query,
    headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
    body,
  });
}

/** A valid body with one member replaced by something that is not. */
function spoilt(schema: object): fc.Arbitrary<string> {
  const poison = fc.constantFrom(
    'NaN',
    '1e999',
    '-1e999',
    '-1',
    '1e308',
    '5e-324',
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '"\\ud800"',
    '"\\u0000"',
    `"${'x'.repeat(300)}"`,
    '[[[[[[[[[[1]]]]]]]]]]',
    '{"__proto__":1}',
    '"2026-13-45T99:99:99Z"',
  );
  return fc.tuple(valid(schema), poison, fc.nat()).map(([value, text, at]) => {
    const names = Object.keys((value as object) ?? {});
    if (names.length === 0) return text;
    const mark = '\u2603mark';
    return JSON.stringify({ ...(value as object), [names[at % names.length]]: mark }).replace(
      JSON.stringify(mark),
      () => text,
    );
  });
}

function asQuery(fields: object): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(value))}`,
  );
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

function wellFormed(value: unknown): string {
  return String(value).toWellFormed();
}
