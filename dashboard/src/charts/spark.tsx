import type { Second } from '../live/seconds.ts';
import { useWidth } from './use-width.ts';

/** The last minute, a bar a second. */
export function Spark({ seconds, height = 36 }: { seconds: Second[]; height?: number }) {
  const [ref, width] = useWidth<HTMLDivElement>(180);
  const most = Math.max(4, ...seconds.map(({ approve, review, decline }) => approve + review + decline));
  const step = width / seconds.length;
  const tall = (n: number) => (n / most) * (height - 2);
  return (
    <div ref={ref} className="w-full">
      <svg width={width} height={height} aria-hidden="true" className="block">
        <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} className="stroke-line" />
        {seconds.map(({ at, approve, review, decline }, i) => {
          const x = i * step + 0.5;
          const wide = Math.max(1, step - 1.5);
          const a = tall(approve);
          const r = review ? Math.max(1.5, tall(review)) : 0;
          const d = decline ? Math.max(1.5, tall(decline)) : 0;
          return (
            <g key={at}>
              <rect x={x} y={height - 1 - a} width={wide} height={a} className="fill-approve-fill" opacity="0.8" />
              <rect x={x} y={height - 1 - a - r} width={wide} height={r} className="fill-review-fill" />
              <rect x={x} y={height - 1 - a - r - d} width={wide} height={d} className="fill-decline-fill" />
            </g>
          );
        })}
      </svg>
    </div>
  );
}
