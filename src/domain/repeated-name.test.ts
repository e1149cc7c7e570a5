import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { repeatedName } from './repeated-name.ts';

const pathOf = (text: string) => repeatedName(text, JSON.parse(text));

test('a name that stands twice in one object is told by its place', () => {
  for (const [text, path] of [
    ['{"amount":1,"amount":100}', '/amount'],
    ['{"a":{"b":[{},{"c":1,"c":1}]}}', '/a/b/1/c'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"a/b":{"~":1,"~":2}}', '/a~1b/~0'],
    ['{"":1,"":2}', '/'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    ['{"10":1,"2":0,"10":12345678901234567890}', '/10'],
    ['{"m":{"x":[1,{"y":2}],"x":3}}', '/m/x'],
  ])
    assert.equal(pathOf(text), path, text);
  for (const text of [
    '{"a":":","b":"\\":","c":{"a":1}}',
    '[{"a":1},{"a":2}]',
    '{"a":12345678901234567890}',
    '"x:y"',
    '7',
  ])
    assert.equal(pathOf(text), undefined, text);
});

test('any JSON passes, however it is spaced; with one of its names twice it never does', () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });
  fc.assert(
    fc.property(record, fc.nat(), fc.integer({ min: 0, max: 3 }), (value, at, indent) => {
      const text = JSON.stringify(value, null, indent);
      assert.equal(pathOf(text), undefined);
      const names = Object.keys(value);
      const name = names[at % names.length];
      const twice = `${text.slice(0, text.lastIndexOf('}'))},${JSON.stringify(name)}:0}`;
      assert.equal(pathOf(twice), `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }),
  );
});
