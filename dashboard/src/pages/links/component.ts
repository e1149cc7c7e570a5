import { STRONG_ENTITIES } from '../../../../src/domain/case.ts';
import { type LinkNode, type Links, linkName } from '../../api/links.ts';

const STRONG: readonly string[] = STRONG_ENTITIES;

/** What an entity is joined with by strong entities alone, the nearest first, itself among it; empty where it is none. */
export function strongComponent({ nodes, hubs, edges }: Pick<Links, 'nodes' | 'hubs' | 'edges'>): LinkNode[] {
  const shared = new Set(hubs.map(linkName));
  const strong = new Map(
    nodes
      .filter((node) => STRONG.includes(node.type) && !shared.has(linkName(node)))
      .map((node) => [linkName(node), node]),
  );
  const others = new Map<string, string[]>();
  for (const { from, to } of edges)
    for (const [one, other] of [
      [linkName(from), linkName(to)],
      [linkName(to), linkName(from)],
    ])
      if (strong.has(one) && strong.has(other)) others.set(one, [...(others.get(one) ?? []), other]);
  const start = nodes.find(({ steps }) => steps === 0);
  const reached = new Set(start && strong.has(linkName(start)) ? [linkName(start)] : []);
  // A set is walked in the order in which it grows.
  for (const name of reached) for (const other of others.get(name) ?? []) reached.add(other);
  return [...reached].map((name) => strong.get(name)!);
}
