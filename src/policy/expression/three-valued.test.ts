import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, rulesEnvironment } from '../../../test/support/facts.ts';
import { compileExpression } from './compile.ts';
import { truthValue } from './truth.ts';

const T = true;
const F = false;
const U = null;

/** What is there, and what is not. */
const tx = {
  amountBase: 20,
  country: 'US',
  cardCountry: null,
  remote: true,
  time: Date.UTC(2026, 0, 31, 23, 30),
  metadata: { n: 3, t: 'gold', b: true, none: null, list: [1, 2, null], deep: { x: 1 } },
};
const facts = () =>
  factsOf({
    ...{ tx, score: 40, hour: 23, model: { name: 'transactions', version: 'v1' } },
    inList: (name, value) => name === 'blocked_cards' && value === 'US',
  });

function evaluate(source: string): { value: boolean | null; fault: string | undefined } {
  const compiled = compileExpression(source, rulesEnvironment);
  assert.ok(compiled.ok, `${source}: ${compiled.ok || compiled.errors.map((one) => one.message).join(' ')}`);
  const over = facts();
  return { value: truthValue(compiled.expression.evaluate(over)), fault: over.fault };
}

/** Sources of each truth, the unknown ones by every kind of absence. */
const TRUE = ['true', 'tx.remote', 'has(tx.country)', 'tx.amountBase == 20'];
const FALSE = ['false', '!tx.remote', 'has(tx.cardCountry)', 'tx.amountBase == 21'];
const UNKNOWN = [
  'tx.cardId == "a"', // an absent text
  'tx.cardCountry == "US"', // null
  'tx.accountAgeDays > 3', // an absent number
  'features.user_count_1h > 3', // a missing feature
  'count("card", "1h") > 3', // no such entity
  'isFirst("user", "device")',
  'probability > 0.5', // no model
  'tx.metadata.absent == 1',
  'tx.metadata.none == 1',
  'inList("blocked_cards", tx.cardId)',
  'tx.amountBase / 0.0 - tx.amountBase / 0.0 == 0', // NaN by calculation
];

test('&&, || and ! are Kleene’s tables over every kind of absence', () => {
  const all: [string, boolean | null][] = [
    ...TRUE.map((source): [string, boolean] => [source, T]),
    ...FALSE.map((source): [string, boolean] => [source, F]),
    ...UNKNOWN.map((source): [string, null] => [source, U]),
  ];
  for (const [a, x] of all) {
    assert.equal(evaluate(a).value, x, a);
    assert.equal(evaluate(`!(${a})`).value, x === U ? U : !x, `!(${a})`);
    for (const [b, y] of all) {
      const and = x === F || y === F ? F : x === U || y === U ? U : T;
      const or = x === T || y === T ? T : x === U || y === U ? U : F;
      assert.equal(evaluate(`(${a}) && (${b})`).value, and, `${a} && ${b}`);
      assert.equal(evaluate(`(${a}) || (${b})`).value, or, `${a} || ${b}`);
      assert.equal(evaluate(`(${a}) == (${b})`).value, x === U || y === U ? U : x === y, `${a} == ${b}`);
      assert.equal(evaluate(`(${a}) ? (${b}) : true`).value, x === U ? U : x ? y : T, `${a} ? ${b} : true`);
    }
  }
});

test('every operator, call and method over what is absent is unknown, under ! too, and is no fault', () => {
  const numbers = [
    'tx.accountAgeDays',
    'features.user_count_1h',
    'sum("card", "1h")',
    'probability',
    'weekday',
    'tx.metadata.none',
  ];
  const texts = ['tx.cardId', 'tx.cardCountry', 'tx.metadata.none', 'tx.metadata.absent'];
  const forms = [
    ...numbers.flatMap((x) => [
      ...['<', '<=', '>', '>=', '==', '!='].flatMap((op) => [`${x} ${op} 3`, `3 ${op} ${x}`]),
      ...['+', '-', '*', '/', '%'].flatMap((op) => [`${x} ${op} 3 == 1`, `3 ${op} ${x} == 1`]),
      ...[`-${x} < 1`, `${x} in [1, 2]`, `1 in [${x}, 1]`, `[${x}, 1].exists(y, y == 1)`, `int(${x}) == 1`],
      ...[`string(${x}) == "1"`, `double(${x}) == 1`, `"abc".charAt(${x}) == "a"`, `(true ? ${x} : 1) == 1`],
    ]),
    ...texts.flatMap((x) => [
      ...['<', '<=', '>', '>=', '==', '!='].flatMap((op) => [`${x} ${op} "a"`, `"a" ${op} ${x}`]),
      ...['contains', 'startsWith', 'endsWith'].flatMap((name) => [`${x}.${name}("a")`, `"a".${name}(${x})`]),
      ...[`${x}.matches("a")`, `${x} + "a" == "a"`, `"a" + ${x} == "a"`, `size(${x}) > 0`, `${x}.size() > 0`],
      ...[`${x}.lowerAscii() == "a"`, `${x}.upperAscii() == "a"`, `${x}.trim() == "a"`, `${x}.indexOf("a") == 0`],
      ...[`${x}.substring(0) == "a"`, `${x}.split(",").exists(y, y == "a")`, `"a,b".split(${x}).join("") == "a"`],
      ...[`${x} in ["a", "b"]`, `"a" in [${x}, "a"]`, `inList("blocked_cards", ${x})`, `[${x}].all(y, true)`],
      ...[`double(${x}) > 1`, `${x}.lastIndexOf("a") == 0`],
    ]),
    ...['tx.metadata.absent.exists(x, true)', 'tx.metadata.none.all(x, x == 1)', '1 in tx.metadata.absent'],
    ...['tx.metadata.absent.deeper == 1', 'tx.metadata.absent[0] == 1', 'size(tx.metadata.absent) == 0'],
    ...['tx.metadata[tx.cardId] == 1', 'tx.metadata.list[tx.accountAgeDays] == 1', '"a" in tx.metadata.absent'],
    ...['tx.metadata.list.exists(x, x == 3)', 'tx.metadata.list.all(x, x in [1, 2])', '3 in tx.metadata.list'],
  ];
  for (const form of forms) {
    assert.deepEqual(evaluate(form), { value: U, fault: undefined }, form);
    assert.deepEqual(evaluate(`!(${form})`), { value: U, fault: undefined }, `!(${form})`);
    assert.equal(evaluate(`(${form}) && false`).value, F, form);
    assert.equal(evaluate(`(${form}) || true`).value, T, form);
  }
});

/** Presence is always known, and what is there is what it is. */
const KNOWN: [string, boolean][] = [
  ['has(tx.cardId)', F],
  ['has(tx.metadata.none)', F],
  ['has(tx.metadata.absent.deeper)', F],
  ['has(tx.metadata.n.deeper)', F],
  ['has(tx.metadata.deep.x)', T],
  ['has(features.user_count_1h)', F],
  ['has(model.version)', T],
  ['tx.type == "payment"', T],
  ['tx.metadata.n == "3"', F],
  ['tx.metadata.n != "3"', T],
  ['tx.metadata.t in ["gold", "silver"]', T],
  ['"n" in tx.metadata', T],
  ['"absent" in tx.metadata', F],
  ['tx.metadata.list.exists(x, x == 2)', T],
  ['tx.metadata.list.all(x, x == 1)', F],
  ['size(tx.metadata.list) == 3', T],
  ['tx.amountBase * 2 in [3, 40]', T],
  ['7 / 2 == 3.5', T],
  ['7 % 4 == 3', T],
  ['model == "v1" && model.name == "transactions"', T],
  ['tx.transactionDate.getHours() == 23 && tx.transactionDate.getHours("+02:00") == 1', T],
  ['tx.transactionDate.getDayOfWeek() == 6 && tx.transactionDate.getFullYear() == 2026', T],
  ['tx.transactionDate > timestamp("2026-01-31T23:29:59Z")', T],
  ['tx.transactionDate - duration("1h") < timestamp("2026-01-31T22:30:01Z")', T],
  ['size("😀é") == 2 && "😀é".charAt(1) == "é" && "a😀b".indexOf("b") == 2', T],
  ['"\uffff" < "😀"', T],
];

test('presence is always known, and what is there is what it is', () => {
  for (const [source, expected] of KNOWN)
    assert.deepEqual(evaluate(source), { value: expected, fault: undefined }, source);
});

/** What cannot be evaluated: unknown, with the reason. */
const FAULTS: [string, RegExp][] = [
  ['tx.metadata.t > 3', /> needs a number, and metadata has a text/],
  ['tx.metadata.n.startsWith("a")', /startsWith needs a text, and metadata has a number/],
  ['tx.metadata.n || false', /\|\| needs true or false, and metadata has a number/],
  ['tx.metadata.n.x == 1', /metadata has a number where .x needs an object/],
  ['tx.metadata.list[7] == 1', /no element 7 in a list of 3/],
  ['tx.metadata.n.exists(x, true)', /metadata has a number where exists needs a list/],
  ['tx.metadata.n > tx.metadata.t', /> cannot compare a number with a text/],
  ['double(tx.metadata.t) > 1', /cannot read this text/],
  ['"abc".charAt(9) == "a"', /charAt has no such place/],
  ['tx.metadata.deep == tx.metadata.deep', /objects of metadata cannot be compared/],
  ['inList("trusted_devices", tx.country) || inList("gone", tx.country)', /there is no list gone/],
];

test('what cannot be evaluated is unknown, says why, and matters only where nothing else decides', () => {
  for (const [source, why] of FAULTS) {
    const compiled = compileExpression(source, { ...rulesEnvironment, lists: undefined });
    assert.ok(compiled.ok, source);
    const over = factsOf({ ...facts(), inList: (name) => (name === 'gone' ? undefined : false) });
    assert.equal(truthValue(compiled.expression.evaluate(over)), U, source);
    assert.match(over.fault ?? '', why, source);
    assert.equal(evaluate(`true || (${source.replace('"gone"', '"trusted_devices"')})`).value, T);
  }
});
