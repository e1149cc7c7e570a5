import { useState } from 'react';
import { type Axis, nearest, share } from './axis.ts';
import { linePath } from './scale.ts';
import { Tip } from './time-chart.tsx';
import { useWidth } from './use-width.ts';

export interface PlotSeries {
  name: string;
  /** CSS colour. */
  color: string;
  /** Along x, ascending. */
  points: readonly (readonly [number, number])[];
  dashed?: boolean;
  /** Dots instead of a line. */
  dots?: boolean;
}

interface Props {
  x: Axis;
  y: Axis;
  series: PlotSeries[];
  /** Where right predictions lie. */
  diagonal?: boolean;
  /** Points that have a name, such as a threshold's. */
  marks?: { name: string; x: number; y: number; color: string }[];
  /** Places along x that have a name, in their order: the first is named on its left, others where there is room. */
  lines?: { name: string; x: number; color: string }[];
  height?: number;
  /** Said to whoever cannot see it. */
  summary: string;
}

const LEFT = 46;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 38;

/** Curves or dots over two axes of numbers, at most some 200 points each. */
export function Plot({ x, y, series, diagonal = false, marks = [], lines = [], height = 260, summary }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>(360);
  // Along x, 0 to 1.
  const [pointed, setPointed] = useState<number>();
  const plot = { width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
  const px = (value: number) => LEFT + plot.width * share(x, value);
  const py = (value: number) => TOP + plot.height * (1 - share(y, value));
  const found =
    pointed === undefined
      ? []
      : series.flatMap((each) => {
          const i = nearest(each.points, x, pointed);
          return i === undefined ? [] : [{ ...each, point: each.points[i] }];
        });

  return (
    // biome-ignore lint/a11y/useSemanticElements: no fieldset, a chart
    <div
      ref={ref}
      role="group"
      aria-label={`${summary}. Arrow keys tell the values.`}
      className="relative w-full"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what the pointer finds out, the keyboard must too
      tabIndex={0}
      onKeyDown={(event) => {
        const step = { ArrowRight: 0.02, ArrowLeft: -0.02 }[event.key];
        if (step) {
          event.preventDefault();
          setPointed(Math.max(0, Math.min(1, (pointed ?? (step > 0 ? -step : 1 - step)) + step)));
        } else if (event.key === 'Escape') setPointed(undefined);
      }}
      onBlur={() => setPointed(undefined)}
    >
      <svg
        width={width}
        height={height}
        aria-hidden="true"
        className="block overflow-visible"
        onPointerMove={(event) => {
          const at = (event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / plot.width;
          setPointed(at >= -0.02 && at <= 1.02 ? Math.max(0, Math.min(1, at)) : undefined);
        }}
        onPointerLeave={() => setPointed(undefined)}
      >
        <Grid x={x} y={y} px={px} py={py} width={width} height={height} />
        {diagonal && (
          <line
            x1={px(Math.max(x.from, y.from))}
            y1={py(Math.max(x.from, y.from))}
            x2={px(x.to)}
            y2={py(x.to)}
            className="stroke-edge"
            strokeDasharray="4 3"
          />
        )}
        {lines.map(({ name, x: at, color }, i) => {
          const left = (i === 0 && lines.length > 1) || px(at) > width - RIGHT - 40;
          return (
            <g key={name}>
              <line
                x1={px(at)}
                x2={px(at)}
                y1={TOP - 8}
                y2={TOP + plot.height}
                stroke={color}
                strokeWidth="1.2"
                strokeDasharray="3 3"
              />
              <text
                x={px(at) + (left ? -5 : 5)}
                y={TOP - 2}
                textAnchor={left ? 'end' : 'start'}
                className="fill-muted text-2xs"
              >
                {name}
              </text>
            </g>
          );
        })}
        {series.map(({ name, color, points, dashed, dots }) =>
          dots ? (
            <g key={name} fill={color}>
              {points.map(([a, b]) => (
                <circle key={`${a} ${b}`} cx={px(a)} cy={py(b)} r="3" opacity="0.85" />
              ))}
            </g>
          ) : (
            <path
              key={name}
              d={linePath(points.map(([a, b]) => [px(a), py(b)]))}
              fill="none"
              stroke={color}
              strokeWidth="1.7"
              strokeLinejoin="round"
              strokeDasharray={dashed ? '4 3' : undefined}
            />
          ),
        )}
        {marks.map((mark) => {
          // Below and towards the middle no curve of these passes.
          const left = px(mark.x) > LEFT + plot.width * 0.6;
          return (
            <g key={mark.name}>
              <circle cx={px(mark.x)} cy={py(mark.y)} r="4" fill={mark.color} className="stroke-surface" />
              <text
                x={px(mark.x) + (left ? -7 : 7)}
                y={py(mark.y) + 14}
                textAnchor={left ? 'end' : 'start'}
                className="fill-muted text-2xs"
              >
                {mark.name}
              </text>
            </g>
          );
        })}
        {found.map(({ name, color, point }) => (
          <circle key={name} cx={px(point[0])} cy={py(point[1])} r="3.5" fill={color} className="stroke-surface" />
        ))}
      </svg>
      {found.length > 0 && (
        <Tip left={px(found[0].point[0])} width={width}>
          {found.map(({ name, color, point }) => (
            <div key={name} className="not-first:mt-1.5">
              <p className="flex items-center gap-2">
                <span className="size-2 rounded-[2px]" style={{ background: color }} />
                {name}
              </p>
              <p className="num text-muted">
                {y.label} <span className="font-medium text-ink">{y.text(point[1])}</span>
              </p>
              <p className="num text-muted">
                {x.label} <span className="font-medium text-ink">{x.text(point[0])}</span>
              </p>
            </div>
          ))}
        </Tip>
      )}
    </div>
  );
}

/** `0.10%` is 0.1% beside a line: nothing was measured there. */
const tick = (text: string): string => text.replace(/\.0+(?=%)|(?<=\.\d*[1-9])0+(?=%)/, '');

interface GridProps {
  x: Axis;
  y: Axis;
  px: (value: number) => number;
  py: (value: number) => number;
  width: number;
  height: number;
}

function Grid({ x, y, px, py, width, height }: GridProps) {
  return (
    <>
      {y.ticks.map((value) => (
        <g key={value}>
          <line
            x1={LEFT}
            x2={width - RIGHT}
            y1={py(value)}
            y2={py(value)}
            className={value === y.from ? 'stroke-faint' : 'stroke-line'}
          />
          <text x={LEFT - 8} y={py(value) + 3.5} textAnchor="end" className="num fill-muted text-2xs">
            {tick(y.text(value))}
          </text>
        </g>
      ))}
      {x.ticks.map((value, i) => (
        <text
          key={value}
          x={px(value)}
          y={height - 22}
          textAnchor={i === x.ticks.length - 1 ? 'end' : 'middle'}
          className="num fill-muted text-2xs"
        >
          {tick(x.text(value))}
        </text>
      ))}
      <text x={LEFT + (width - LEFT - RIGHT) / 2} y={height - 4} textAnchor="middle" className="fill-muted text-2xs">
        {x.label}
      </text>
    </>
  );
}
