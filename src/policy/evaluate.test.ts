import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ENTITY_TYPES, factsOf, rulesEnvironment } from '../../test/support/facts.ts';
import type { RuleContent, RuleHit, RuleVersion } from '../domain/policy.ts';
import { combine, STRICTNESS } from './combine.ts';
import { evaluateRules, explainRules } from './evaluate.ts';
import { compileRules } from './program.ts';
import { inRollout } from './rollout.ts';

function rule(id: string, when: string, content: Partial<RuleContent> = {}): RuleVersion {
  return {
    ...{ id, version: 1, at: 0, createdAt: 0, by: null, createdBy: null },
    content: {
      ...{ name: id, when, outcome: 'review', mode: 'live', priority: 0, reason: '', rollout: null, suppress: null },
      ...{ hard: false, actions: [], validFrom: null, validTo: null, tags: [] },
      ...content,
    },
  };
}

const facts = (given: Parameters<typeof factsOf>[0] = {}) =>
  factsOf({ tx: { amountBase: 20, country: 'US' }, ...given });

test('rules share what they ask for, those that are off cost nothing, those that no longer check hit nothing', () => {
  const program = compileRules(
    [
      rule('b', 'count("user", "1h") > 3 && features.user_count_1h > 3'),
      rule('a', 'count("user", "60m") > 3 || sum("user", "1h") > 3'),
      rule('off', 'count("card", "1h") > 3', { mode: 'off' }),
      rule('broken', 'inList("gone", tx.cardId)'),
    ],
    rulesEnvironment,
  );
  const names = program.requests.map((request) => request.name);
  assert.deepEqual(names, ['count(user,3600s)', 'sum(user,3600s)', 'user_count_1h']);
  assert.deepEqual([...program.byId.keys()], ['a', 'b']);
  assert.deepEqual(
    program.broken.map((one) => [one.id, one.errors.length]),
    [['broken', 1]],
  );
  const over = facts({ values: Float64Array.of(4, 0, Number.NaN) });
  assert.deepEqual(evaluateRules(program, over), [
    { id: 'a', version: 1, outcome: 'review', mode: 'live', priority: 0 },
  ]);
});

test('where nothing hits nothing is allocated: the answer is one frozen list', () => {
  const program = compileRules([rule('a', 'tx.amountBase > 100')], rulesEnvironment);
  assert.equal(evaluateRules(program, facts()), evaluateRules(program, facts()));
});

test('a rule that fails is no hit and is counted; one that is decided all the same did not fail', () => {
  const program = compileRules(
    [
      rule('fails', 'tx.metadata.x > 3'),
      rule('holds', 'tx.metadata.x > 3 || tx.amountBase == 20'),
      rule('absent', 'tx.metadata.y > 3'),
    ],
    rulesEnvironment,
  );
  const over = facts({ tx: { amountBase: 20, metadata: { x: 'a' } } });
  for (let i = 0; i < 3; i++)
    assert.deepEqual(
      evaluateRules(program, over).map((hit) => hit.id),
      ['holds'],
    );
  assert.deepEqual(
    program.rules.map((one) => [one.rule.id, one.failures]),
    [
      ['absent', 0],
      ['fails', 3],
      ['holds', 0],
    ],
  );
  assert.match(program.byId.get('fails')!.lastFailure!, /needs a number/);
});

test('validity goes by the record’s time: from is in, to is out', () => {
  const program = compileRules([rule('a', 'true', { validFrom: 10, validTo: 20 })], rulesEnvironment);
  const hits = [9, 10, 19, 20].map((recordedAt) => evaluateRules(program, facts({ recordedAt })).length);
  assert.deepEqual(hits, [0, 1, 1, 0]);
});

test('outside its rollout a live rule is recorded as shadow, and so is whoever has no such entity', () => {
  const program = compileRules([rule('a', 'true', { rollout: { percent: 30, by: 'user' } })], rulesEnvironment);
  const user = ENTITY_TYPES.indexOf('user');
  const modeOf = (key: number) => {
    const entities = new Float64Array(ENTITY_TYPES.length);
    entities[user] = key;
    return evaluateRules(program, facts({ entities }))[0].mode;
  };
  assert.equal(modeOf(0), 'shadow');
  const live = Array.from({ length: 10_000 }, (_, i) => modeOf(i + 1)).filter((mode) => mode === 'live').length;
  // A binomial's 30 % of 10,000 within five standard deviations (46 each).
  assert.ok(Math.abs(live - 3000) < 230, String(live));
});

test('a rollout grows: who is in stays in, at 100 % all are, at 0 % nobody is', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.integer({ min: 1 }),
      (id, a, b, key) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        assert.ok(!inRollout(id, less, key) || inRollout(id, more, key));
        assert.ok(inRollout(id, 100, key) && !inRollout(id, 0, key));
      },
    ),
  );
});

test('an explanation has each clause as it was written, with its value', () => {
  const when =
    'tx.amountBase > 10 && (tx.country == "US" || tx.country == "CA") && tx.cardId != "c" && !(tx.amountBase > 30)';
  const program = compileRules(
    [rule('a', when), rule('b', 'tx.amountBase > 10 || tx.metadata.x > 3', { mode: 'shadow' })],
    rulesEnvironment,
  );
  assert.deepEqual(explainRules(program, facts({ tx: { amountBase: 20, country: 'US', metadata: { x: 'a' } } })), [
    {
      ...{ id: 'a', version: 1, hit: false, mode: 'live' },
      clauses: [
        { text: 'tx.amountBase > 10', value: true },
        { text: 'tx.country == "US" || tx.country == "CA"', value: true },
        { text: 'tx.cardId != "c"', value: null },
        { text: '!(tx.amountBase > 30)', value: true },
      ],
    },
    {
      ...{ id: 'b', version: 1, hit: true, mode: 'shadow' },
      clauses: [
        { text: 'tx.amountBase > 10', value: true },
        { text: 'tx.metadata.x > 3', value: null, fault: '> needs a number, and metadata has a text' },
      ],
    },
  ]);
});

test('which voice wins: as a sort of all voices by what the contract says', () => {
  const outcome = fc.constantFrom('approve' as const, 'review' as const, 'decline' as const);
  const ruleOf = fc.record({
    outcome,
    priority: fc.integer({ min: -2, max: 2 }),
    hard: fc.boolean(),
    mode: fc.constantFrom('live' as const, 'shadow' as const),
    actions: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(ruleOf, { maxLength: 6 }), fc.option(outcome), (contents, model) => {
      const program = compileRules(
        contents.map((content, i) => rule(`r${(i * 7) % 10}`, 'true', content)),
        rulesEnvironment,
      );
      const hits = evaluateRules(program, facts());
      const live = program.rules.filter((one) => one.rule.content.mode === 'live').map((one) => one.rule);
      const voices = live.map(({ id, content }) => ({
        by: `rule:${id}`,
        outcome: content.outcome,
        order: [
          content.hard && content.outcome === 'decline' ? 1 : 0,
          content.priority,
          STRICTNESS[content.outcome],
          1,
        ],
      }));
      if (model !== null) voices.push({ by: 'model', outcome: model, order: [0, 0, STRICTNESS[model], 0] });
      voices.sort((a, b) => {
        const at = a.order.findIndex((value, i) => value !== b.order[i]);
        return at >= 0 ? b.order[at] - a.order[at] : a.by < b.by ? -1 : 1;
      });
      const result = combine(hits, model ?? undefined, program);
      assert.equal(result.decidedBy, voices[0]?.by ?? 'none');
      assert.equal(result.decision, voices[0]?.outcome ?? 'approve');
      assert.deepEqual(result.actions, [...new Set(live.flatMap((one) => one.content.actions))].sort());
      assert.equal(result.hard, voices[0]?.order[0] === 1);
    }),
    { numRuns: 2000 },
  );
});

test('the hits of rules in shadow decide nothing', () => {
  const hits: RuleHit[] = [{ id: 'a', version: 1, outcome: 'decline', mode: 'shadow', priority: 9 }];
  const program = compileRules(
    [rule('a', 'true', { outcome: 'decline', mode: 'shadow', actions: ['x'] })],
    rulesEnvironment,
  );
  assert.deepEqual(combine(hits, 'approve', program), {
    decision: 'approve',
    decidedBy: 'model',
    hard: false,
    actions: [],
  });
});
