import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, startApp, type TestApp } from './support/app.ts';

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document.
type Schema = any;
interface Place {
  method: string;
  url: string;
  /** Names that lead to the array. */
  names: string[];
  max: number | undefined;
}

/** Every array that a body of the API may hold, as its document says. */
function arraysOf(document: Schema): Place[] {
  const arrays = (schema: Schema, names: string[]): { names: string[]; max: number | undefined }[] => {
    if (names.length > 4 || !schema) return [];
    if (schema.$ref) return arrays(document.components.schemas[schema.$ref.split('/').at(-1)], names);
    const branches = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap((one: Schema) => arrays(one, names));
    if (schema.items) return [{ names, max: schema.maxItems }, ...arrays(schema.items, [...names, '0'])];
    const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => arrays(one, [...names, name]));
    return [...branches, ...inner, ...arrays(schema.additionalProperties, [...names, 'any'])];
  };
  return Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).flatMap(([method, { requestBody }]) =>
      arrays(requestBody?.content?.['application/json']?.schema, []).map((found) => ({
        ...{ method: method.toUpperCase(), url: path.replace(/\{[^}]+\}/g, 'x') },
        ...found,
      })),
    ),
  );
}

/** A body that is nothing but that array, at its place. */
const bodyOf = ({ names }: Place, items: string) =>
  names.reduceRight(
    (inner, name) => (name === '0' ? `[${inner}]` : `{${JSON.stringify(name)}:${inner}}`),
    `[${items}]`,
  );

describe('no request makes work without bound', () => {
  let app: TestApp;
  let places: Place[];
  before(async () => {
    app = await startApp({ RATE_LIMIT_MAX: '100000000' });
    places = arraysOf((await call(app.url, 'GET', '/openapi.json')).body);
    assert.ok(places.length >= 12, `${places.length} arrays`);
  });
  after(() => app.stop());

  for (const [what, item] of [
    ['empty objects', '{}'],
    ['numbers', '1'],
    ['nulls', 'null'],
    ['arrays', '[]'],
  ])
    test(`a body full of ${what} is refused in a few words, wherever an array may stand`, async () => {
      for (const place of places)
        for (const bytes of item === '{}' ? [900_000, 6_000_000] : [900_000]) {
          const items = Math.floor(bytes / (item.length + 1));
          const body = bodyOf(place, `${item}${`,${item}`.repeat(items - 1)}`);
          const { status, body: told } = await call(app.url, place.method, place.url, body);
          const where = `${place.method} ${place.url} ${place.names.join('/')} ${bytes}: ${JSON.stringify(told).slice(0, 300)}`;
          assert.ok([404, 413, 422].includes(status), `${status} ${where}`);
          assert.ok(JSON.stringify(told).length < 8_192, where);
          if (status === 422) assert.ok(told.errors.length >= 1 && told.errors.length <= 20, where);
        }
    });

  test('an item too many is refused by its count, and costs as much as those that fit', async () => {
    for (const place of places.filter(({ names, max }) => names.length === 1 && max !== undefined && max >= 1_000)) {
      const path = `/${place.names[0]}`;
      const left = async (count: number) => {
        const answer = await call(app.url, place.method, place.url, bodyOf(place, `{}${',{}'.repeat(count - 1)}`));
        return { ...answer, remaining: Number(answer.headers.get('ratelimit-remaining')) };
      };
      const max = place.max as number;
      if (max * 3 > 800_000) continue;
      const first = await left(1);
      const over = await left(max + 1);
      assert.equal(over.status, 422, `${place.url}: ${JSON.stringify(over.body)}`);
      assert.deepEqual(over.body.errors, [{ path, message: `must hold at most ${max} items` }], place.url);
      assert.equal(first.remaining - over.remaining, max, `${place.url} costs`);
      const fits = await left(max);
      assert.notDeepEqual(fits.body.errors, over.body.errors, place.url);
    }
  });

  test('faults of a long batch are told by their place in it', async () => {
    const cards = Array.from({ length: 3_000 }, (_, i) => ({ Time: 0, Amount: i === 2_222 ? 'x' : 1 }));
    const scored = await call(app.url, 'POST', '/v1/fraud-score/batch', { transactions: cards });
    assert.equal(scored.status, 422, JSON.stringify(scored.body));
    assert.match(JSON.stringify(scored.body.errors), /\/transactions\/\d+\//);
  });

  test('a batch that fits is answered as its rows are', async () => {
    const rows = Array.from({ length: 700 }, (_, i) => ({
      userId: `u${i}`,
      amount: 5 + i,
      metadata: { note: 'x'.repeat(400) },
    }));
    const { status, headers, body } = await call(app.url, 'POST', '/score/batch', { transactions: rows });
    assert.equal(status, 200);
    assert.match(headers.get('content-type')!, /^application\/json/);
    assert.equal(body.data.length, rows.length);
    const alone = await call(app.url, 'POST', '/score', rows[699]);
    assert.deepEqual(Object.keys(body.data[699]), Object.keys(alone.body));
  });
});

test('sign-ins cost, right ones too, and those of one key end none of another', async () => {
  // Of 280 requests 140 may be sign-ins: never more than 250 a window, whatever else it allows.
  const app = await startApp({ RATE_LIMIT_MAX: '280' });
  try {
    const make = async (name: string, scopes: string[], secret?: string) =>
      (await call(app.url, 'POST', '/api/keys', { name, scopes }, secret ? { 'x-api-key': secret } : {})).body.secret;
    const admin = await make('boss', ['admin']);
    const reader = await make('reader', ['read'], admin);
    const signIn = async (key: string) => {
      const { status, headers } = await call(app.url, 'POST', '/api/session', { key });
      return { status, cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
    };
    const whoIs = async (cookie: string) =>
      (await call(app.url, 'GET', '/api/session', undefined, { cookie })).body.keyName;
    const boss = await signIn(admin);
    const first = await signIn(reader);
    assert.deepEqual([await whoIs(boss.cookie), await whoIs(first.cookie)], ['boss', 'reader']);
    const counts = new Map<number, number>();
    for (let i = 0; i < 160; i++) {
      const { status } = await signIn(reader);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    assert.ok((counts.get(200) ?? 0) >= 100 && (counts.get(429) ?? 0) >= 10, JSON.stringify([...counts]));
    assert.deepEqual([await whoIs(boss.cookie), await whoIs(first.cookie)], ['boss', null]);
  } finally {
    await app.stop();
  }
});
