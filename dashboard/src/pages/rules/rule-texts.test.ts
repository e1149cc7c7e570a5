import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypesWith } from '../../../../src/domain/entity.ts';
import { FUNCTIONS } from '../../../../src/policy/expression/functions.ts';
import type { RuleContent } from '../../api/policy.ts';
import { changes, textDiff } from './diff.ts';
import { BLANK, contentOf, draftOf, idOf, localOf, timeOf } from './draft.ts';
import { offsetOf } from './editor/place.ts';
import { ENTITIES, FUNCTION_WORDS } from './editor/vocabulary.ts';

const rule: RuleContent = {
  ...{ name: 'Card testing', when: 'count("card", "1h") > 3.0', outcome: 'decline', mode: 'live', priority: 2 },
  ...{ reason: 'many cards', rollout: { percent: 12.5, by: 'card' }, suppress: { entity: 'device', seconds: 5_400 } },
  ...{ hard: true, actions: ['request_3ds', 'call_back'], validFrom: '2026-03-29T00:59:59.000Z', validTo: null },
  tags: ['velocity'],
};

test('what the form makes of a rule is the rule', () => {
  assert.deepEqual(contentOf(draftOf(rule)), rule);
  assert.deepEqual(draftOf(contentOf(BLANK)), BLANK);
  assert.equal(contentOf({ ...BLANK, hard: true, outcome: 'review' }).hard, false, 'only declines are hard');
  assert.equal(timeOf(''), null);
  assert.equal(timeOf(localOf('2026-10-25T00:30:00.000Z')), '2026-10-25T00:30:00.000Z');
});

test('a difference takes both texts together, and says no more than what differs', () => {
  const texts = [
    '',
    'a',
    'count("card", "1h") > 3.0',
    'count("card", "2h") > 3.0 && tx.amount < 5',
    '  \n x',
    '"a \\" b" == tx.b',
  ];
  for (const before of texts)
    for (const after of texts) {
      const pieces = textDiff(before, after);
      const joined = (not: string) =>
        pieces
          .filter(({ kind }) => kind !== not)
          .map(({ text }) => text)
          .join('');
      assert.equal(joined('new'), before);
      assert.equal(joined('gone'), after);
      if (before === after) assert.ok(pieces.every(({ kind }) => kind === 'same'));
    }
  assert.deepEqual(textDiff('a > 1', 'a > 2'), [
    { text: 'a > ', kind: 'same' },
    { text: '1', kind: 'gone' },
    { text: '2', kind: 'new' },
  ]);
});

test('fields that differ are named', () => {
  assert.deepEqual(changes(rule, rule), []);
  assert.deepEqual(
    changes(rule, { ...rule, mode: 'off', rollout: null, validTo: 'x' }).map(({ field, before, after }) => [
      field,
      before,
      after,
    ]),
    [
      ['mode', 'live', 'off'],
      ['rollout', '12.5% by card', ''],
      ['validTo', '', 'x'],
    ],
  );
});

test('a place by line and column is an offset, whatever ends the lines', () => {
  const text = 'ab\ncd\r\nef\rg';
  assert.equal(text.slice(offsetOf(text, 2, 2)), 'd\r\nef\rg');
  assert.equal(text.slice(offsetOf(text, 3, 1)), 'ef\rg');
  assert.equal(text.slice(offsetOf(text, 4, 1)), 'g');
  assert.equal(offsetOf(text, 1, 9), 2, 'no further than the line');
  assert.equal(offsetOf(text, 9, 1), text.length);
});

test('ids can be read', () => {
  assert.equal(idOf('  Card testing: 3 cards! '), 'card-testing-3-cards');
  assert.equal(idOf('Überfällig'), 'u-berfa-llig');
  assert.equal(idOf('日本'), '');
});

test('completion knows what the language has, and nothing else', () => {
  assert.deepEqual(Object.keys(FUNCTION_WORDS).sort(), [...FUNCTIONS].sort());
  assert.deepEqual([...ENTITIES].sort(), entityTypesWith().sort());
});
