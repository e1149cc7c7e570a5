import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssayError } from '../domain/errors.ts';
import { seeded } from '../journal/local/test-support.ts';
import { boundsOf, itemsRefused, readBounded } from './bounded-json.ts';

const parse = (text: string) => JSON.parse(text);
const ROOM = { items: new Map(), values: 4_000_000 };
const read = async (text: string, bounds: { items: ReadonlyMap<string, number>; values: number } = ROOM) =>
  readBounded(Buffer.from(text), bounds, parse);
const outcome = async (work: () => unknown) => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: (error as Error).name };
  }
};

const TEXTS = ['"', '\\', '\\\\"', ',', '[', ']', '{', '}', ':', 'ä', '✓', '\u2028', '\n', 'a,b', '"rows":['];

test('a long body means what JSON.parse says, whatever stands in its texts', async () => {
  const random = seeded(5);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)];
  const text = () => Array.from({ length: Math.floor(random() * 40) }, () => pick(TEXTS)).join('');
  const value = (depth: number): unknown => {
    const kind = random();
    if (depth > 3 || kind < 0.5) return pick([text(), 1.5, -2e9, true, null]);
    if (kind < 0.75) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: Math.floor(random() * 4) }, () => [text(), value(depth + 1)]));
  };
  for (let round = 0; round < 6; round++) {
    const rows = Array.from({ length: 6_000 }, () => value(0));
    const whole = { before: value(0), [pick(['rows', 'ro"ws', 'ro\\ws', ''])]: rows, after: value(0), few: [1, 2] };
    const body = JSON.stringify(whole, undefined, pick([undefined, 1]));
    assert.deepEqual(await read(body), JSON.parse(body));
  }
});

test('what JSON.parse refuses is refused, and what comes twice is the last', async () => {
  const random = seeded(9);
  const row = '{"a":"x, [y] {z}","b":[1,2,{"c":null}]}';
  const rows = Array.from({ length: 8_000 }, () => row).join(',');
  const body = `{"n":1,"rows":[${rows}],"m":{"k":[3,4]}}`;
  for (let round = 0; round < 40; round++) {
    const at = Math.floor(random() * body.length);
    const put = ',]}[{":1 '[Math.floor(random() * 9)];
    const broken = random() < 0.5 ? body.slice(0, at) + body.slice(at + 1) : body.slice(0, at) + put + body.slice(at);
    const wanted = await outcome(() => JSON.parse(broken));
    assert.deepEqual(await outcome(() => read(broken)), wanted, `${put} at ${at}`);
  }
  for (const more of ['"rows":[7]', '"rows":[]', '"rows":1', '"r\\u006fws":[8]', '"other":1']) {
    for (const twice of [`{"rows":[${rows}],${more}}`, `{${more},"rows":[${rows}]}`])
      assert.deepEqual(await read(twice), JSON.parse(twice), more);
  }
  for (const odd of [
    `{"rows":[${rows}}}`,
    `{"rows":[${rows},]}`,
    `{"rows":[,${rows}]}`,
    `[${rows}]`,
    `{"rows":[${rows}]`,
  ])
    assert.deepEqual(await outcome(() => read(odd)), await outcome(() => JSON.parse(odd)), odd.slice(-20));
});

test('too many items, values or levels are told and built by nobody', async () => {
  let parsed = 0;
  const bounds = boundsOf({
    properties: { rows: { items: { properties: { a: {} } }, maxItems: 100 }, note: {} },
  });
  const refused = async (text: string) => {
    try {
      await readBounded(Buffer.from(text), bounds, () => parsed++);
    } catch (error) {
      assert.ok(error instanceof AssayError && error.code === 'invalid_request');
      return { ...error.errors![0], items: itemsRefused(error) };
    }
    throw new Error('it was taken');
  };
  const pad = ' '.repeat(3_000);
  assert.deepEqual(await refused(`{"rows":[${'{},'.repeat(100)}{}]${pad}}`), {
    ...{ path: '/rows', message: 'must hold at most 100 items', items: 100 },
  });
  assert.deepEqual(await refused(`{"note":[${'{},'.repeat(bounds.values)}{}]}`), {
    ...{ path: '', message: `must hold at most ${bounds.values} values`, items: 0 },
  });
  assert.deepEqual(await refused(`{"note":${'['.repeat(2_000)}${']'.repeat(2_000)}}`), {
    ...{ path: '', message: 'must not be nested deeper than 64 levels', items: 0 },
  });
  assert.equal(parsed, 0);
  assert.equal(
    ((await read(`{"rows":[${'{},'.repeat(99)}{}]${pad}}`, bounds)) as { rows: unknown[] }).rows.length,
    100,
  );
});
