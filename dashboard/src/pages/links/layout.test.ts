import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkNode, Links } from '../../api/links.ts';
import { layOut, nodeAt } from './layout.ts';

const node = (type: string, id: string, more: Partial<LinkNode> = {}): LinkNode => ({
  ...{ type, id, steps: 1, payments: 3, fraud: 0 },
  ...more,
});

/** A device with so many users and their cards, and a hub. */
function ring(users: number): Links {
  const device = node('device', 'd', { steps: 0, payments: users });
  const nodes = [device];
  const edges: Links['edges'] = [];
  for (let i = 0; i < users; i++) {
    const [user, card] = [node('user', `u${i}`), node('card', `c${i}`, { steps: 2, fraud: i === 0 ? 1 : 0 })];
    nodes.push(user, card);
    edges.push({ from: device, to: user, payments: 1, fraud: 0 }, { from: user, to: card, payments: 1, fraud: 0 });
  }
  return { nodes, edges, hubs: [node('ip', 'h', { others: 900 })], truncated: false };
}

test('everything stands inside the box, apart from each other, and the same way each time', () => {
  for (const [users, width] of [
    [0, 390],
    [1, 390],
    [20, 800],
    [150, 340],
  ]) {
    const links = ring(users);
    const { placed, lines } = layOut(links, width, 420);
    assert.equal(placed.length, links.nodes.length + 1);
    assert.equal(lines.length, links.edges.length);
    for (const { x, y } of placed) assert.ok(x >= 0 && x <= width && y >= 0 && y <= 420, `${users}: ${x} ${y}`);
    assert.equal(new Set(placed.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`)).size, placed.length);
    const again = layOut(ring(users), width, 420);
    assert.deepEqual(
      again.placed.map(({ x, y }) => [x, y]),
      placed.map(({ x, y }) => [x, y]),
    );
  }
});

test('a line to what is not there is left out; the nearest node is found, and none in the open', () => {
  const links = ring(5);
  links.edges.push({ from: { type: 'user', id: 'u1' }, to: { type: 'card', id: 'nowhere' }, payments: 1, fraud: 0 });
  const picture = layOut(links, 600, 420);
  assert.equal(picture.lines.length, 10);
  for (const one of picture.placed) assert.equal(nodeAt(picture, one.x, one.y), one);
  assert.equal(nodeAt(picture, -200, -200), undefined);
});
