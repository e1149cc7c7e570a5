import { useState } from 'react';
import type { Thresholds } from '../api/types.ts';
import { count, countShort, percent } from '../lib/format.ts';
import { ticks } from './scale.ts';
import { Tip } from './time-chart.tsx';
import { useWidth } from './use-width.ts';

const LEFT = 46;
const TOP = 14;
const BOTTOM = 22;
const HEIGHT = 228;

/**
 * Scores in ten bins. Most payments score near 0, and a linear axis would show nothing else: heights are on a
 * square-root scale, and the axis says the counts.
 */
export function ScoreHistogram({ bins, thresholds }: { bins: number[]; thresholds?: Thresholds }) {
  const [ref, width] = useWidth<HTMLDivElement>(400);
  const [hovered, setHovered] = useState<number>();
  const total = bins.reduce((sum, n) => sum + n, 0);
  const step = (width - LEFT - 8) / bins.length;
  const most = ticks(Math.max(...bins, 1), 4).at(-1)!;
  const y = (n: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.sqrt(n / most));
  const lines = rootTicks(most, y);
  const scoreX = (score: number) => LEFT + (score / 100) * step * bins.length;
  return (
    <div ref={ref} className="relative">
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        className="block overflow-visible"
        aria-label={`Payments by score, in tens from 0: ${bins.join(', ')}`}
        onPointerMove={(event) => {
          const at = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / step);
          setHovered(at >= 0 && at < bins.length ? at : undefined);
        }}
        onPointerLeave={() => setHovered(undefined)}
      >
        {lines.map((n) => (
          <g key={n}>
            <line x1={LEFT} x2={width - 8} y1={y(n)} y2={y(n)} className={n === 0 ? 'stroke-faint' : 'stroke-line'} />
            <text x={LEFT - 8} y={y(n) + 3.5} textAnchor="end" className="num fill-muted text-2xs">
              {countShort(Math.round(n))}
            </text>
          </g>
        ))}
        {bins.map((n, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
            key={i}
            x={LEFT + i * step + 1.5}
            width={Math.max(1, step - 3)}
            y={n === 0 ? y(0) : Math.min(y(n), y(0) - 1.5)}
            height={n === 0 ? 0 : Math.max(1.5, y(0) - y(n))}
            rx="1.5"
            fill={binColor(i * 10 + 5, thresholds)}
            opacity={hovered === undefined || hovered === i ? 1 : 0.55}
          />
        ))}
        {[0, 20, 40, 60, 80, 100].map((score) => (
          <text key={score} x={scoreX(score)} y={HEIGHT - 5} textAnchor="middle" className="num fill-muted text-2xs">
            {score}
          </text>
        ))}
        {thresholds &&
          (
            [
              ['review', thresholds.review],
              ['decline', thresholds.decline],
            ] as const
          ).map(([name, at]) => (
            <g key={name}>
              <line
                x1={scoreX(at * 100)}
                x2={scoreX(at * 100)}
                y1={TOP - 6}
                y2={y(0)}
                className="stroke-edge"
                strokeDasharray="3 3"
              />
              <text x={scoreX(at * 100) + 4} y={TOP - 3} className="fill-muted text-2xs">
                {name}
              </text>
            </g>
          ))}
      </svg>
      {hovered !== undefined && (
        <Tip left={LEFT + (hovered + 0.5) * step} width={width}>
          <p className="text-muted">
            Score {hovered * 10}–{hovered === 9 ? 100 : hovered * 10 + 9}
          </p>
          <p className="num font-medium">
            {count(bins[hovered])} · {percent(total ? bins[hovered] / total : 0)}
          </p>
        </Tip>
      )}
    </div>
  );
}

function binColor(score: number, thresholds: Thresholds | undefined): string {
  if (!thresholds) return 'color-mix(in oklab, var(--muted) 70%, var(--surface))';
  if (score >= thresholds.decline * 100) return 'var(--decline-fill)';
  return score >= thresholds.review * 100 ? 'var(--review-fill)' : 'var(--approve-fill)';
}

/** Round counts from the top down, as far apart as their labels need. */
function rootTicks(most: number, y: (n: number) => number): number[] {
  const lines = [0, most];
  for (let power = 10 ** Math.floor(Math.log10(most)); power >= 1; power /= 10)
    for (const n of [5, 2, 1].map((digit) => digit * power))
      if (n < most && lines.every((line) => Math.abs(y(line) - y(n)) >= 30)) lines.push(n);
  return lines;
}
