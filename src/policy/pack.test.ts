import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { catalogueFor } from '../features/catalogue.ts';
import { compile } from '../features/compile.ts';
import { checkExpression } from './expression/check.ts';
import { compileExpression } from './expression/compile.ts';
import { createRequests } from './expression/request.ts';
import { entryValue } from './lists/values.ts';
import { PACK, PACK_LISTS } from './pack.ts';

const entityTypes = entityTypesWith();
const environment = {
  features: catalogueFor(entityTypes),
  entityTypes,
  lists: new Map(PACK_LISTS.map(({ name, type }) => [name, type])),
};

test('every rule of the pack checks without a warning, is off, and names its words and source', () => {
  for (const { id, content, words, source } of PACK) {
    const { errors, warnings } = checkExpression(content.when, environment);
    assert.deepEqual([...errors, ...warnings], [], id);
    assert.equal(content.mode, 'off', id);
    assert.ok(words.endsWith('.') && source !== '' && content.reason !== '', id);
    // What overrules the model says so by its priority.
    assert.ok(content.outcome !== 'approve' || content.priority >= 1, id);
  }
  assert.equal(new Set(PACK.map((one) => one.id)).size, PACK.length);
});

test('what the pack asks of profiles is in the features’ catalogue of operations', () => {
  const requests = createRequests();
  for (const { content } of PACK) assert.ok(compileExpression(content.when, environment, requests).ok);
  const extractor = compile(requests.all, { entityTypes });
  assert.equal(extractor.names.length, requests.all.length);
  assert.ok(requests.all.length >= 12);
});

test('the lists of the pack hold canonical values', () => {
  for (const { name, type, values } of PACK_LISTS) {
    for (const value of values) assert.deepEqual(entryValue(type, value), { value }, `${name}: ${value}`);
  }
});

test('every velocity call compiles to an operation that profiles answer', () => {
  const calls = [
    ...['count("card", "1h") > 1', 'sum("card", "90s") > 1', 'mean("user", "7d") > 1', 'max("ip", "10m") > 1'],
    ...['distinct("device", "card", "60d") > 1', 'distinct("user", "country", "1h") > 1', 'sinceLast("card") > 1'],
    ...['isFirst("user", "location")', 'frauds("email", "30d") > 1', 'km("user") > 1', 'count("bin", "1h") > 1'],
    ...['authorized', 'refused', 'settled', 'voided', 'refunded', 'fraud', 'legitimate'].map(
      (outcome) => `count("card", "2h", "${outcome}") > 1`,
    ),
  ];
  const requests = createRequests();
  for (const call of calls) {
    const compiled = compileExpression(call, environment, requests);
    assert.ok(compiled.ok, `${call}: ${compiled.ok || compiled.errors[0].message}`);
  }
  compile(requests.all, { entityTypes });
});
