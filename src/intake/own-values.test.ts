import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOwnSchema } from '../domain/own-columns.ts';
import { ownWarnings } from './own-values.ts';

const warn = ownWarnings(
  parseOwnSchema({
    ...{ basketSize: 'number', job: 'category', returning: 'boolean', born: 'time', terminal: 'entity' },
    shipTo: { type: 'place', field: ['metadata.lat', 'metadata.lon'] },
    deep: { type: 'number', field: 'metadata.order.size' },
    brand: { type: 'category', field: 'cardBrand' },
  }),
)!;

function warnings(metadata: unknown): string[] {
  const told: string[] = [];
  warn({ userId: 'a', metadata }, told);
  return told;
}

test('what is of its type, or absent, is no matter of a warning', () => {
  for (const metadata of [
    undefined,
    {},
    { other: [1], basketSize: null, job: '' },
    { basketSize: 3, job: 'nurse', returning: false, born: '1990-02-03', terminal: 't9', lat: 1, lon: 2 },
    { job: 7, returning: 1, terminal: 7, order: { size: 1 } },
  ])
    assert.deepEqual(warnings(metadata), [], JSON.stringify(metadata));
});

test('a text that stands for its type is told, and so is what the model will not see', () => {
  const table: [metadata: Record<string, unknown>, field: string, lost: boolean][] = [
    ...['3', '3.5', '1e2'].map((basketSize): [Record<string, unknown>, string, boolean] => [
      { basketSize },
      'metadata.basketSize',
      false,
    ]),
    ...['many', '3,5', true, [3], { n: 3 }].map((basketSize): [Record<string, unknown>, string, boolean] => [
      { basketSize },
      'metadata.basketSize',
      true,
    ]),
    [{ returning: 'yes' }, 'metadata.returning', false],
    [{ returning: 'perhaps' }, 'metadata.returning', true],
    [{ returning: 2 }, 'metadata.returning', true],
    [{ born: 1990 }, 'metadata.born', true],
    [{ born: '3.2.1990' }, 'metadata.born', true],
    [{ job: ['nurse'] }, 'metadata.job', true],
    [{ terminal: { id: 't9' } }, 'metadata.terminal', true],
    [{ terminal: true }, 'metadata.terminal', true],
    [{ lat: '1.5', lon: 2 }, 'metadata.lat', false],
    [{ order: { size: '4' } }, 'metadata.order.size', false],
  ];
  for (const [metadata, field, lost] of table) {
    const said = warnings(metadata);
    assert.equal(said.length, 1, `${JSON.stringify(metadata)}: ${said}`);
    assert.match(said[0], new RegExp(`^${field.replaceAll('.', '\\.')} ${lost ? 'is not .* missing' : 'is a text'}`));
  }
  assert.match(warnings({ basketsize: 3, basket_size: 4 }).join(), /did you mean metadata\.basketSize\?/);
  assert.deepEqual(warnings({ basketSize: 3, basketsize: 3 }), []);
});
