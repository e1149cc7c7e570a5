import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../../domain/entity.ts';
import { compile } from '../../features/compile.ts';
import { checkExpression } from '../../policy/expression/check.ts';
import { compileRules } from '../../policy/program.ts';
import { environmentOf } from './in-force.ts';

const entityTypes = entityTypesWith(['terminal']);
const environment = environmentOf(entityTypes);
const faults = (text: string) => checkExpression(text, environment).errors.map(({ message }) => message);

test('a rule that asks for what profiles do not keep is refused in words', () => {
  const cases: [rule: string, faults: string[]][] = [
    ['distinct("device", "card", "1h") > 3.0', []],
    ['distinct("bin", "card", "1h") > 3.0', []],
    ['isFirst("user", "payee")', []],
    ['distinct("terminal", "user", "1h") > 3.0', []],
    ['count("payee", "1h", "refused") > 1.0', []],
    ['km("user") > 900.0', []],
    [
      'distinct("bin", "payee", "1h") > 3.0',
      ['Profiles of bin keep no payee; they keep country, user, card, device, ip, merchant.'],
    ],
    ['isFirst("payee", "payee")', ['Profiles of payee keep no payee; they keep country, user, card, device, ip.']],
    ['km("bin") > 900.0', ['Profiles of bin keep no places.']],
  ];
  for (const [rule, expected] of cases) assert.deepEqual(faults(rule), expected, rule);
});

test('whatever passes the check compiles into features', () => {
  const fields = [...entityTypes, 'country', 'category', 'channel', 'location'];
  for (const entity of entityTypes) {
    const rules = fields.map(
      (field) => `distinct("${entity}", "${field}", "1h") > 1.0 || isFirst("${entity}", "${field}")`,
    );
    const texts = [...rules, `km("${entity}") > 1.0`, `count("${entity}", "1h", "refused") > 1.0`];
    for (const when of texts) {
      if (faults(when).length > 0) continue;
      const content = { when, outcome: 'review', mode: 'live', priority: 0, rollout: null } as never;
      const { requests } = compileRules([{ id: 'r', version: 1, content } as never], environment);
      assert.ok(requests.length > 0, when);
      assert.doesNotThrow(() => compile(requests as never, { entityTypes }), when);
    }
  }
});
