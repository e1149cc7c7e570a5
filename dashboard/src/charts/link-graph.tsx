import { Link } from '@tanstack/react-router';
import type { EntityView } from '../api/types.ts';
import { useWidth } from './use-width.ts';

interface Node {
  type: string;
  id: string;
}

const ROW = 34;
const MAX_OTHERS = 10;
const name = ({ type, id }: Node) => `${type}\u0000${id}`;

/**
 * Who shares what: this payment's entities on the left, on the right others that were seen with them in other payments;
 * the thicker the line, the more payments they share.
 */
export function LinkGraph({ own, views }: { own: Node[]; views: EntityView[] }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const { others, edges } = links(own, views);
  if (others.length === 0)
    return <p className="py-6 text-center text-muted">Nothing else has been seen with what this payment used.</p>;
  const rows = Math.max(own.length, others.length);
  const height = rows * ROW;
  const side = Math.min(230, width * 0.38);
  const leftY = spread(own.length, height);
  const rightY = spread(others.length, height);
  const most = Math.max(...edges.map(({ shared }) => shared));
  return (
    <div ref={ref} className="relative" style={{ height }}>
      <svg width={width} height={height} aria-hidden="true" className="absolute inset-0">
        {edges.map(({ from, to, shared }) => {
          const [x1, x2] = [side, width - side];
          const bend = (x2 - x1) / 2;
          return (
            <path
              key={`${from} ${to}`}
              d={`M${x1} ${leftY[from]}C${x1 + bend} ${leftY[from]} ${x2 - bend} ${rightY[to]} ${x2} ${rightY[to]}`}
              className="fill-none stroke-edge"
              opacity="0.55"
              strokeWidth={1 + 3 * (shared / most)}
            />
          );
        })}
      </svg>
      <ul aria-label="Of this payment">
        {own.map((node, i) => (
          <Box key={name(node)} node={node} top={leftY[i]} side={side} />
        ))}
      </ul>
      <ul aria-label="Seen with them">
        {others.map(({ node, shared }, i) => (
          <Box key={name(node)} node={node} top={rightY[i]} side={side} right shared={shared} />
        ))}
      </ul>
    </div>
  );
}

function Box({
  node,
  top,
  side,
  right,
  shared,
}: {
  node: Node;
  top: number;
  side: number;
  right?: boolean;
  shared?: number;
}) {
  return (
    <li className={`absolute ${right ? 'right-0' : 'left-0'}`} style={{ top: top - 14, width: side }}>
      <Link
        to="/entities/$type/$id"
        params={node}
        title={`${node.type} ${node.id}`}
        className="flex h-7 items-center gap-2 rounded-md border border-line bg-surface px-2 hover:bg-sunken"
      >
        <span className="text-2xs text-muted">{node.type}</span>
        <span className="id truncate">{node.id}</span>
        {shared !== undefined && <span className="num ml-auto text-2xs text-muted">{shared}×</span>}
      </Link>
    </li>
  );
}

function spread(length: number, height: number): number[] {
  return Array.from({ length }, (_, i) => ((i + 0.5) * height) / length);
}

function links(own: Node[], views: EntityView[]) {
  const mine = new Map(own.map((node, i) => [name(node), i]));
  const found = new Map<
    string,
    { node: Node; shared: number; rank: number; from: { index: number; shared: number }[] }
  >();
  for (const view of views) {
    const index = mine.get(name(view));
    if (index === undefined) continue;
    for (const { type, id, transactions } of view.linked) {
      // That a merchant or a mail provider has many customers tells nothing.
      if (mine.has(name({ type, id })) || type === 'merchant' || type === 'email') continue;
      const key = name({ type, id });
      const known = found.get(key) ?? { node: { type, id }, shared: 0, rank: 0, from: [] };
      known.from.push({ index, shared: transactions });
      known.shared = Math.max(known.shared, transactions);
      // Another user on the same card or device says more than another card of the same user.
      known.rank = known.from.length * 1000 + (type === 'user' ? 500 : 0) + known.shared;
      found.set(key, known);
    }
  }
  const others = [...found.values()].sort((a, b) => b.rank - a.rank).slice(0, MAX_OTHERS);
  const edges = others.flatMap(({ from }, to) => from.map(({ index, shared }) => ({ from: index, to, shared })));
  return { others, edges };
}
