import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from 'd3-force';
import { type LinkNode, type Links, linkName } from '../../api/links.ts';

export interface Placed {
  node: LinkNode;
  isHub: boolean;
  x: number;
  y: number;
  /** Pixels. */
  r: number;
}

export interface Picture {
  placed: Placed[];
  lines: { from: Placed; to: Placed; fraud: boolean; payments: number }[];
}

const MARGIN = 26;
/** A few are drawn apart, so that their names have room. */
const MOST_SCALE = 3.5;
/** Beyond this many steps of the layout nobody sees a difference; fewer where there are many nodes. */
const TICKS = 300;
const WORK = 45_000;

/** Where everything stands in a box of that size, in pixels: the same links give the same picture. */
export function layOut({ nodes, edges, hubs }: Links, width: number, height: number): Picture {
  const all = [...nodes.map((node) => ({ node, isHub: false })), ...hubs.map((node) => ({ node, isHub: true }))];
  const bodies = all.map(
    ({ node, isHub }) => ({ node, isHub, r: radius(node, isHub) }) as Placed & SimulationNodeDatum,
  );
  const byName = new Map(bodies.map((body) => [linkName(body.node), body]));
  const lines = edges.flatMap(({ from, to, fraud, payments }) => {
    const [a, b] = [byName.get(linkName(from)), byName.get(linkName(to))];
    return a && b ? [{ from: a, to: b, fraud: fraud > 0, payments }] : [];
  });
  forceSimulation(bodies)
    .force('links', forceLink(lines.map(({ from, to }) => ({ source: from, target: to }))).distance(46))
    .force('apart', forceManyBody().strength(-110).distanceMax(320))
    .force(
      'size',
      forceCollide<Placed>(({ r }) => r + 3),
    )
    // A box is wider than it is high: what has room may use it.
    .force('x', forceX(0).strength(0.05 * Math.min(1, height / width)))
    .force('y', forceY(0).strength(0.06))
    .stop()
    .tick(Math.max(40, Math.min(TICKS, Math.round(WORK / Math.max(1, bodies.length)))));
  fit(bodies, width, height);
  return { placed: bodies, lines };
}

/** The more payments, the larger, and never so large that it covers others. */
function radius({ payments, steps }: LinkNode, isHub: boolean): number {
  return (steps === 0 ? 8 : isHub ? 6 : 4) + Math.min(5, Math.log2(1 + payments) * 0.7);
}

function fit(bodies: Placed[], width: number, height: number): void {
  const xs = bodies.map(({ x }) => x);
  const ys = bodies.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const wide = width - 2 * MARGIN;
  const high = height - 2 * MARGIN;
  const scale = Math.min(wide / Math.max(1, right - left), high / Math.max(1, bottom - top), MOST_SCALE);
  for (const body of bodies) {
    body.x = width / 2 + (body.x - (left + right) / 2) * scale;
    body.y = height / 2 + (body.y - (top + bottom) / 2) * scale;
  }
}

/** The one that is there, or next to it: fingers are wide. */
export function nodeAt({ placed }: Picture, x: number, y: number, reach = 10): Placed | undefined {
  let best: { one: Placed; far: number } | undefined;
  for (const one of placed) {
    const far = Math.hypot(one.x - x, one.y - y) - one.r;
    if (far <= reach && (!best || far < best.far)) best = { one, far };
  }
  return best?.one;
}
