import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Placed } from './layout.ts';
import { namePlaces } from './names.ts';

const BOX = { width: 400, height: 200 };
const widthOf = (text: string) => text.length * 6;

function placed(id: string, x: number, y: number, more: Partial<Placed['node']> = {}): Placed {
  return { node: { type: 'user', id, steps: 1, payments: 1, fraud: 0, ...more }, isHub: false, x, y, r: 6 };
}

test('no name covers another or reaches out of the box, however close the nodes are', () => {
  for (const gap of [4, 12, 30, 60]) {
    const nodes = Array.from({ length: 18 }, (_, i) =>
      placed(`somebody_${i}`, 40 + (i % 6) * gap, 30 + Math.floor(i / 6) * gap),
    );
    const names = namePlaces(nodes, nodes, BOX, widthOf);
    assert.ok(names.length > 0, `${gap}`);
    for (const [i, a] of names.entries()) {
      const half = widthOf(a.text) / 2;
      assert.ok(a.x - half >= 0 && a.x + half <= BOX.width && a.y >= 0 && a.y <= BOX.height, a.text);
      for (const b of names.slice(i + 1)) {
        const apart = Math.abs(a.x - b.x) >= half + widthOf(b.text) / 2 || Math.abs(a.y - b.y) >= 13;
        assert.ok(apart, `${a.text} on ${b.text} at ${gap}`);
      }
    }
  }
});

test('where only one has room it is where the walk began, then fraud; one alone stands under its node, and a long one is cut', () => {
  const crowd = (more: Partial<Placed['node']>) => [
    ...Array.from({ length: 12 }, (_, i) => placed(`other_${i}_with_a_name`, 200, 100 + i * 0.1)),
    placed('wanted', 200, 100, more),
  ];
  for (const more of [{ steps: 0 }, { fraud: 2 }]) {
    const nodes = crowd(more);
    assert.equal(namePlaces(nodes, nodes, BOX, widthOf)[0].text, 'wanted');
  }
  const alone = [placed('a_very_long_name_of_somebody', 200, 100)];
  assert.deepEqual(namePlaces(alone, alone, BOX, widthOf), [{ text: 'a_very_long_name_…', x: 200, y: 115 }]);
  assert.deepEqual(namePlaces([], [], BOX, widthOf), []);
});
