import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CORE_ENTITIES } from '../../domain/entity.ts';
import type { ListType } from '../../domain/policy.ts';
import { defaultCatalogue } from '../../features/catalogue.ts';
import { checkExpression } from './check.ts';
import { withCaret } from './issue.ts';

/**
 * What people read when an expression is refused, kept beside this test: after a change, look at the difference and renew
 * the file with UPDATE_GOLDEN=1. Each expression stands on lines of its own; a blank line ends it.
 */
const folder = join(import.meta.dirname, 'fixtures');
const environment = {
  features: defaultCatalogue,
  entityTypes: CORE_ENTITIES,
  lists: new Map<string, ListType>([
    ['trusted_devices', 'device'],
    ['shady_countries', 'country'],
  ]),
};

test('the texts of errors and warnings are these', () => {
  const sources = readFileSync(join(folder, 'refused.cel'), 'utf8').trimEnd().split('\n\n');
  const told = sources.map((source) => {
    const { errors, warnings } = checkExpression(source, environment);
    const all = [...errors, ...warnings.map((one) => ({ ...one, message: `warning: ${one.message}` }))];
    assert.ok(all.length > 0, `nothing is said of ${source}`);
    return all.map((issue) => withCaret(source, issue)).join('\n');
  });
  const text = `${told.join('\n\n')}\n`;
  const golden = join(folder, 'refused.txt');
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(golden, text);
  assert.equal(text, readFileSync(golden, 'utf8'));
});

test('lines and columns count from 1, and the end is one past the last character', () => {
  const [first, second] = checkExpression('tx.amountBase > 3 &&\n  tx.amont > 4', environment).errors;
  assert.equal(second, undefined);
  assert.deepEqual(first, {
    path: '/when',
    message: 'There is no field tx.amont. Did you mean tx.amount?',
    line: 2,
    column: 6,
    endLine: 2,
    endColumn: 11,
    suggestion: 'amount',
  });
});
