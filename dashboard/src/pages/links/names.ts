import type { Placed } from './layout.ts';

/** A name beside its node: the middle of the text, in pixels. */
export interface Name {
  text: string;
  x: number;
  y: number;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const LINE = 13;
const GAP = 9;
const MOST = 18;

/**
 * Where names stand so that none covers another: under its node, else over it or beside it, off other nodes where there is room for
 * that. What matters most comes first, and what has no room has no name. `widthOf` a text, in pixels.
 */
export function namePlaces(
  named: Placed[],
  placed: Placed[],
  { width, height }: { width: number; height: number },
  widthOf: (text: string) => number,
): Name[] {
  const nodes = placed.map((one) => ({ one, box: around(one.x, one.y, one.r, one.r) }));
  const taken: Box[] = [];
  return named.toSorted(byWeight).flatMap((one) => {
    const { id } = one.node;
    const text = id.length > MOST ? `${id.slice(0, MOST - 1)}…` : id;
    const half = widthOf(text) / 2;
    const aside = one.r + half + 6;
    const free = [
      [one.x, one.y + one.r + GAP],
      [one.x, one.y - one.r - GAP],
      [one.x + aside, one.y],
      [one.x - aside, one.y],
    ]
      .map(([x, y]) => ({ x: Math.min(Math.max(half, x), width - half), y }))
      .map((at) => ({ ...at, box: around(at.x, at.y, half, LINE / 2) }))
      .filter(({ box }) => box.top >= 0 && box.bottom <= height && !taken.some((other) => meet(box, other)));
    const best = free.find(({ box }) => !nodes.some((node) => node.one !== one && meet(box, node.box))) ?? free[0];
    if (!best) return [];
    taken.push(best.box);
    return [{ text, x: best.x, y: best.y }];
  });
}

/** Where the walk began, then fraud, then what paid most. */
const byWeight = ({ node: a }: Placed, { node: b }: Placed): number =>
  Number(b.steps === 0) - Number(a.steps === 0) || Number(b.fraud > 0) - Number(a.fraud > 0) || b.payments - a.payments;

const around = (x: number, y: number, halfWidth: number, halfHeight: number): Box => ({
  ...{ left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight },
});

const meet = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
