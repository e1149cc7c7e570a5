import { useState } from 'react';
import type { Thresholds } from '../api/types.ts';
import { axisTime, count, fullTime, percent } from '../lib/format.ts';
import { roundTimes } from './scale.ts';
import { Tip } from './time-chart.tsx';
import { useWidth } from './use-width.ts';

export interface HeatColumn {
  /** Start of the interval, milliseconds. */
  at: number;
  bins: readonly number[];
}

interface Props {
  columns: HeatColumn[];
  intervalMs: number;
  from: number;
  to: number;
  reference?: readonly number[];
  thresholds?: Thresholds;
  summary: string;
}

const LEFT = 32;
/** The reference's column and the gap behind it. */
const BESIDE = 30;
/** Names of the thresholds. */
const RIGHT = 46;
const TOP = 20;
const BOTTOM = 22;
const ROW = 10;
/** Shares from here on are told apart: in most bins lie a few in ten thousand. */
const FAINTEST = 0.0003;

/** Training's shares of scores in a column of its own, and beside it those of each interval: what drifts is seen to move. */
export function ScoreHeat({ columns, intervalMs, from, to, reference, thresholds, summary }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [hovered, setHovered] = useState<{ column: HeatColumn | 'reference'; bin: number }>();
  const bins = reference?.length ?? columns[0]?.bins.length ?? 20;
  const height = TOP + BOTTOM + bins * ROW;
  const start = Math.floor(from / intervalMs) * intervalMs;
  const slots = Math.max(1, Math.ceil((to - start) / intervalMs));
  const first = LEFT + (reference ? BESIDE : 0);
  const step = (width - first - RIGHT) / slots;
  const x = (at: number) => first + ((at - start) / intervalMs) * step;
  const y = (bin: number) => TOP + (bins - 1 - bin) * ROW;
  const shownFor = (clientX: number, clientY: number, box: DOMRect) => {
    const bin = bins - 1 - Math.floor((clientY - box.top - TOP) / ROW);
    if (bin < 0 || bin >= bins) return undefined;
    const at = clientX - box.left;
    if (reference && at >= LEFT && at < LEFT + 20) return { column: 'reference' as const, bin };
    const column = columns.find((each) => at >= x(each.at) && at < x(each.at) + step);
    return column && { column, bin };
  };

  return (
    <div ref={ref} className="relative w-full">
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={summary}
        className="block overflow-visible"
        onPointerMove={(event) =>
          setHovered(shownFor(event.clientX, event.clientY, event.currentTarget.getBoundingClientRect()))
        }
        onPointerLeave={() => setHovered(undefined)}
      >
        {[0, 20, 40, 60, 80, 100].map((score) => (
          <text
            key={score}
            x={LEFT - 7}
            y={TOP + bins * ROW * (1 - score / 100) + 3.5}
            textAnchor="end"
            className="num fill-muted text-2xs"
          >
            {score}
          </text>
        ))}
        <rect x={first} y={TOP} width={width - first - RIGHT} height={bins * ROW} className="fill-sunken" rx="2" />
        {reference && (
          <>
            <text x={LEFT} y={TOP - 7} className="fill-muted text-2xs">
              Training
            </text>
            <rect x={LEFT} y={TOP} width="20" height={bins * ROW} className="fill-sunken" rx="2" />
            <Cells bins={reference} x={LEFT} width={20} y={y} />
          </>
        )}
        {columns.map((column) => (
          <Cells
            key={column.at}
            bins={column.bins}
            x={x(column.at)}
            width={Math.max(1, step - (step > 4 ? 1 : 0))}
            y={y}
          />
        ))}
        {thresholds &&
          ([thresholds.review, thresholds.decline] as const).map((at, i) => (
            <g key={i === 0 ? 'review' : 'decline'}>
              <line
                x1={LEFT}
                x2={width - RIGHT}
                y1={TOP + bins * ROW * (1 - at)}
                y2={TOP + bins * ROW * (1 - at)}
                stroke={i === 0 ? 'var(--review)' : 'var(--decline)'}
                strokeDasharray="3 3"
              />
              <text
                x={width - RIGHT + 5}
                y={TOP + bins * ROW * (1 - at) + 3.5}
                fill={i === 0 ? 'var(--review)' : 'var(--decline)'}
                className="text-2xs"
              >
                {i === 0 ? 'review' : 'decline'}
              </text>
            </g>
          ))}
        {roundTimes(start, start + slots * intervalMs, Math.max(2, Math.floor((width - first - RIGHT) / 64))).map(
          (time) => (
            <text
              key={time}
              x={first + ((time - start) / intervalMs) * step}
              y={height - 5}
              textAnchor={time === start ? 'start' : 'middle'}
              className="num fill-muted text-2xs"
            >
              {axisTime(new Date(time), to - start)}
            </text>
          ),
        )}
      </svg>
      {hovered && (
        <Tip left={hovered.column === 'reference' ? LEFT + 20 : x(hovered.column.at) + step / 2} width={width}>
          <p className="text-muted">
            {hovered.column === 'reference' ? 'Training' : fullTime(new Date(hovered.column.at))}
          </p>
          <Share bins={hovered.column === 'reference' ? reference! : hovered.column.bins} bin={hovered.bin} />
        </Tip>
      )}
    </div>
  );
}

function Share({ bins, bin }: { bins: readonly number[]; bin: number }) {
  const width = 100 / bins.length;
  const total = bins.reduce((sum, n) => sum + n, 0);
  return (
    <>
      <p>
        Score {bin * width}–{bin === bins.length - 1 ? 100 : (bin + 1) * width - 1}
      </p>
      <p className="num font-medium">
        {percent(total ? bins[bin] / total : 0)} · {count(bins[bin])}
      </p>
    </>
  );
}

function Cells({
  bins,
  x,
  width,
  y,
}: {
  bins: readonly number[];
  x: number;
  width: number;
  y: (bin: number) => number;
}) {
  const total = bins.reduce((sum, n) => sum + n, 0);
  return bins.map((n, bin) =>
    n === 0 ? null : (
      <rect
        // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
        key={bin}
        x={x}
        y={y(bin) + 0.5}
        width={width}
        height={ROW - 1}
        className="fill-info"
        opacity={0.14 + 0.86 * strength(n / total)}
      />
    ),
  );
}

/** On a logarithmic scale from the faintest share to all. */
function strength(share: number): number {
  return Math.max(0, Math.log(share / FAINTEST) / Math.log(1 / FAINTEST));
}
