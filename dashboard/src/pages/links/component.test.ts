import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strongComponent } from './component.ts';

const node = (name: string, steps: number, others?: number) => {
  const [type, id] = name.split(':');
  return { type, id, steps, payments: 1, fraud: 0, ...(others === undefined ? {} : { others }) };
};
const edge = (from: string, to: string) => ({ from: node(from, 0), to: node(to, 0), payments: 1, fraud: 0 });

test('a component is what strong entities join: neither through an address nor through a hub', () => {
  const nodes = [
    ...[node('user:a', 0), node('device:d', 1), node('ip:1', 1), node('mailbox:m', 1), node('user:b', 2)],
    ...[node('user:stranger', 2), node('card:far', 3), node('user:guest', 2), node('payee:p', 1)],
  ];
  const hubs = [node('user:guest', 2, 99)];
  const edges = [
    ...[edge('user:a', 'device:d'), edge('user:a', 'ip:1'), edge('mailbox:m', 'user:a'), edge('device:d', 'user:b')],
    ...[edge('ip:1', 'user:stranger'), edge('user:b', 'user:guest'), edge('user:guest', 'card:far')],
  ];
  const names = (start?: string) =>
    strongComponent({
      nodes:
        start === undefined
          ? nodes
          : nodes.map((one) => ({ ...one, steps: `${one.type}:${one.id}` === start ? 0 : 1 })),
      ...{ hubs, edges },
    }).map(({ type, id }) => `${type}:${id}`);
  assert.deepEqual(names(), ['user:a', 'device:d', 'mailbox:m', 'user:b']);
  // Where the walk begins at a hub or at an address, nothing is joined by it.
  assert.deepEqual([names('user:guest'), names('ip:1')], [[], []]);
});
