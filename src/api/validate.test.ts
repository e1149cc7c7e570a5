import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TSchema } from 'typebox';
import type { AssayError } from '../domain/errors.ts';
import { BacktestBody } from './contract/backtests.ts';
import { ControlBody, RuleBody, ThresholdsBody } from './contract/policy.ts';
import { validatorCompiler } from './validate.ts';

const rule = (more: object) => ({ name: 'x', when: 'true', outcome: 'review', ...more });

/** Bodies with alternatives of null, closed ones: each fault is told once, and no branch that nobody meant. */
const TABLE: [TSchema, unknown, string[]][] = [
  [ThresholdsBody, { review: 1.5 }, ['/review must be <= 1']],
  [ThresholdsBody, { foo: 1 }, ['/foo is not a field here; there are review, decline']],
  [ThresholdsBody, { review: 'x' }, ['/review must be a number or null']],
  [ThresholdsBody, 5, [' must be an object or null']],
  [ControlBody, { share: 0.1, maxAmount: -5 }, ['/maxAmount must be >= 0']],
  [RuleBody, rule({ mod: 1 }), ['/mod is not a field here (did you mean mode?)']],
  [RuleBody, rule({ rollout: { percent: 200, by: 'user' } }), ['/rollout/percent must be <= 100']],
  [
    RuleBody,
    rule({ rollout: { percnt: 20, by: 'user' } }),
    ['/rollout/percnt is not a field here (did you mean percent?)', '/rollout/percent is required'],
  ],
  [RuleBody, rule({ rollout: 5 }), ['/rollout must be an object or null']],
  [RuleBody, rule({ validFrom: 5 }), ['/validFrom must be a string or null']],
  [BacktestBody, { thresholds: { review: 2 } }, ['/thresholds/review must be <= 1']],
];

for (const [schema, body, faults] of TABLE)
  test(`told once: ${JSON.stringify(body)}`, () => {
    const checked = validatorCompiler({ schema, httpPart: 'body', method: 'POST', url: '/' })(body);
    const { errors = [] } = (checked as { error: AssayError }).error;
    assert.deepEqual(
      errors.map(({ path, message }) => `${path} ${message}`),
      faults,
    );
  });
