import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CORE_ENTITIES } from '../../domain/entity.ts';
import { TRANSACTION_FIELDS } from '../../domain/fields.ts';
import { defaultCatalogue } from '../../features/catalogue.ts';
import { takeValue } from '../../intake/values.ts';
import { compileExpression } from './compile.ts';
import type { Facts } from './facts.ts';
import { createRequests } from './request.ts';
import { FALSE, TRUE, UNKNOWN } from './truth.ts';

const environment = { features: defaultCatalogue, entityTypes: CORE_ENTITIES };

function run(source: string, tx: Record<string, unknown>) {
  const compiled = compileExpression(source, environment, createRequests());
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.expression.evaluate({ tx } as unknown as Facts);
}

test('a merchant category is of a group, of none, or not known, which under ! is not known either', () => {
  const cases: [string, Record<string, unknown>, number][] = [
    ['inMccGroup("gambling", tx.mcc)', { mcc: '7995' }, TRUE],
    ['inMccGroup("gambling", tx.mcc)', { mcc: '5411' }, FALSE],
    ['inMccGroup("gambling", tx.mcc)', { mcc: '0001' }, FALSE],
    ['inMccGroup("gambling", tx.mcc)', {}, UNKNOWN],
    ['!inMccGroup("gambling", tx.mcc)', {}, UNKNOWN],
    ['inMccGroup("travel", tx.metadata.code)', { metadata: { code: '3501' } }, TRUE],
  ];
  for (const [source, tx, expected] of cases)
    assert.equal(run(source, tx), expected, `${source} of ${JSON.stringify(tx)}`);
});

test('a code that the table does not have is kept and told', () => {
  assert.deepEqual(takeValue(TRANSACTION_FIELDS.mcc, '5411', 'mcc'), { kept: '5411', warning: undefined });
  const { kept, warning } = takeValue(TRANSACTION_FIELDS.mcc, '0001', 'mcc');
  assert.deepEqual([kept, /not in the table/.test(warning!)], ['0001', true]);
  assert.equal(takeValue(TRANSACTION_FIELDS.cardLast4, '0001', 'cardLast4').warning, undefined);
});
