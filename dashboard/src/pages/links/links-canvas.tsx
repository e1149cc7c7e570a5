import { useEffect, useMemo, useRef, useState } from 'react';
import { type LinkNode, type Links, linkName } from '../../api/links.ts';
import { useWidth } from '../../charts/use-width.ts';
import { plural } from '../../lib/format.ts';
import { useTheme } from '../../lib/theme.ts';
import { kindWord } from '../../ui/kind.tsx';
import { layOut, nodeAt, type Picture, type Placed } from './layout.ts';
import { namePlaces } from './names.ts';

/** On a phone it is lower, so that the list is in sight too. */
const heightOf = (width: number): number => (width < 480 ? 340 : 440);
/** With more than these only what matters has its name beside it. */
const ALL_NAMED = 18;

interface Props {
  links: Links;
  /** What the list beside it points at. */
  pointed: string | undefined;
  onPoint: (name: string | undefined) => void;
  /** Of what was clicked. */
  onKeep: (name: string | undefined) => void;
}

/** Who belongs together, as a picture. All of it stands in the list beside it too, which keys and screen readers walk. */
export function LinksCanvas({ links, pointed, onPoint, onKeep }: Props) {
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [theme] = useTheme();
  const [systemDark, setSystemDark] = useState(0);
  const height = heightOf(width);
  const picture = useMemo(() => layOut(links, width, height), [links, width, height]);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setTimeout(() => setSystemDark((n) => n + 1));
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours come from the theme
  useEffect(() => {
    if (canvas.current) draw(canvas.current, picture, { width, height }, pointed);
  }, [picture, width, height, pointed, theme, systemDark]);
  const at = (event: { clientX: number; clientY: number }): Placed | undefined => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    return nodeAt(picture, event.clientX - left, event.clientY - top);
  };
  const under = picture.placed.find(({ node }) => linkName(node) === pointed);
  return (
    <div ref={box} className="relative">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${plural(links.nodes.length + links.hubs.length, 'entity', 'entities')} and ${plural(links.edges.length, 'link')} between them; the list has the same`}
        style={{ width, height }}
        className={`block ${under ? 'cursor-pointer' : ''}`}
        onPointerMove={(event) => {
          const found = at(event);
          onPoint(found && linkName(found.node));
        }}
        onPointerLeave={() => onPoint(undefined)}
        onClick={(event) => {
          const found = at(event);
          onKeep(found && linkName(found.node));
        }}
      />
      {under && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute z-10 max-w-64 rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-lg"
          style={{
            left: Math.min(Math.max(0, under.x - 60), Math.max(0, width - 180)),
            top: under.y > height / 2 ? under.y - under.r - 54 : under.y + under.r + 8,
          }}
        >
          <p className="text-muted">{kindWord(under.node.type)}</p>
          <p className="id truncate text-ink">{under.node.id}</p>
          <p className="text-muted">{figures(under.node)}</p>
        </div>
      )}
    </div>
  );
}

/** "12 payments, 3 confirmed fraud" */
export const figures = ({ payments, fraud, others }: LinkNode): string =>
  [
    plural(payments, 'payment'),
    fraud > 0 && `${fraud} confirmed fraud`,
    others !== undefined && `a hub: joined with ${others} others`,
  ]
    .filter(Boolean)
    .join(', ');

function draw(
  canvas: HTMLCanvasElement,
  { placed, lines }: Picture,
  { width, height }: { width: number; height: number },
  pointed: string | undefined,
): void {
  const density = window.devicePixelRatio || 1;
  canvas.width = width * density;
  canvas.height = height * density;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`);
  const near = new Set(
    lines.flatMap(({ from, to }) =>
      linkName(from.node) === pointed ? [to] : linkName(to.node) === pointed ? [from] : [],
    ),
  );
  const isPointed = ({ node }: Placed) => linkName(node) === pointed;
  pen.scale(density, density);
  pen.font = `11px ${style.fontFamily}`;
  for (const { from, to, fraud, payments } of lines) {
    const lit = isPointed(from) || isPointed(to);
    pen.strokeStyle = fraud ? colour('decline-fill') : colour(lit ? 'ink' : 'edge');
    pen.globalAlpha = pointed === undefined ? 0.55 : lit ? 0.9 : 0.15;
    pen.lineWidth = 1 + Math.min(2.5, Math.log2(payments) * 0.5);
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  }
  for (const one of placed) {
    const { node, isHub, x, y, r } = one;
    pen.globalAlpha = pointed === undefined || isPointed(one) || near.has(one) ? 1 : 0.35;
    // That one of a hub's many payments was fraud says nothing of the others.
    const isFraud = node.fraud > 0 && !isHub;
    pen.fillStyle = isHub ? colour('surface') : isFraud ? colour('decline-fill') : colour(FILLS[node.type] ?? 'edge');
    pen.strokeStyle = isHub ? colour('edge') : colour('surface');
    pen.lineWidth = 1.5;
    shape(pen, node.type, x, y, r);
    pen.fill();
    pen.stroke();
    // Not by its colour alone: fraud has a ring, and so has where the walk began.
    if (isFraud || node.steps === 0 || isPointed(one)) {
      pen.strokeStyle = isFraud ? colour('decline') : colour('ink');
      pen.beginPath();
      pen.arc(x, y, r + 4, 0, 2 * Math.PI);
      pen.stroke();
    }
  }
  const named = placed.filter(
    (one) => !isPointed(one) && (placed.length <= ALL_NAMED || one.node.steps === 0 || near.has(one)),
  );
  const texts = namePlaces(named, placed, { width, height }, (text) => pen.measureText(text).width);
  pen.globalAlpha = 1;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillStyle = colour('ink');
  // What crosses a name does not cut it.
  pen.strokeStyle = colour('surface');
  pen.lineWidth = 3;
  pen.lineJoin = 'round';
  for (const { text, x, y } of texts) {
    pen.strokeText(text, x, y);
    pen.fillText(text, x, y);
  }
}

const FILLS: Record<string, string> = { user: 'info', card: 'review-fill', device: 'ink', ip: 'edge', network: 'edge' };

/** Users are round, cards square, devices stand on a corner; the rest is round. */
function shape(pen: CanvasRenderingContext2D, type: string, x: number, y: number, r: number): void {
  pen.beginPath();
  if (type === 'card') pen.roundRect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, 2);
  else if (type === 'device') {
    pen.moveTo(x, y - r * 1.2);
    pen.lineTo(x + r * 1.2, y);
    pen.lineTo(x, y + r * 1.2);
    pen.lineTo(x - r * 1.2, y);
    pen.closePath();
  } else pen.arc(x, y, r, 0, 2 * Math.PI);
}
