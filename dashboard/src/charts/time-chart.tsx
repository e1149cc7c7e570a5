import { type ReactNode, useState } from 'react';
import { axisTime, fullTime } from '../lib/format.ts';
import { linePath, roundTimes, ticks } from './scale.ts';
import { useWidth } from './use-width.ts';

export interface Layer {
  name: string;
  /** CSS colour. */
  color: string;
  /** One value a point; undefined leaves a gap. */
  values: (number | undefined)[];
  dashed?: boolean;
}

interface Props {
  /** Start of each interval, milliseconds, evenly spaced. */
  times: number[];
  layers: Layer[];
  kind: 'bars' | 'lines';
  height?: number;
  format: (value: number) => string;
  /** A level to compare with. */
  target?: { value: number; label: string };
  /** Said to whoever cannot see it. */
  summary: string;
}

const LEFT = 46;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 22;

/** Stacked bars or lines over time. At most some 60 points, so plain SVG is the lightest and takes its colours from CSS. */
export function TimeChart({ times, layers, kind, height = 200, format, target, summary }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [hovered, setHovered] = useState<number>();
  const plot = { width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
  const step = plot.width / Math.max(1, times.length);
  const tops = times.map((_, i) =>
    kind === 'bars'
      ? layers.reduce((sum, layer) => sum + (layer.values[i] ?? 0), 0)
      : Math.max(0, ...layers.map((layer) => layer.values[i] ?? 0)),
  );
  const lines = ticks(Math.max(...tops, target ? target.value * 1.15 : 0), height < 140 ? 2 : 4);
  const max = lines.at(-1)!;
  const x = (i: number) => LEFT + (i + 0.5) * step;
  const y = (value: number) => TOP + plot.height * (1 - value / max);
  const span = times.length > 1 ? times.at(-1)! - times[0] : 0;
  const interval = times.length > 1 ? times[1] - times[0] : 60_000;

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
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step && times.length > 0) {
          event.preventDefault();
          setHovered(Math.max(0, Math.min(times.length - 1, (hovered ?? (step > 0 ? -1 : times.length)) + step)));
        } else if (event.key === 'Escape') setHovered(undefined);
      }}
      onBlur={() => setHovered(undefined)}
    >
      <svg
        width={width}
        height={height}
        aria-hidden="true"
        className="block overflow-visible"
        onPointerMove={(event) => {
          const at = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / step);
          setHovered(at >= 0 && at < times.length ? at : undefined);
        }}
        onPointerLeave={() => setHovered(undefined)}
      >
        {lines.map((value) => (
          <g key={value}>
            <line
              x1={LEFT}
              x2={width - RIGHT}
              y1={y(value)}
              y2={y(value)}
              className={value === 0 ? 'stroke-faint' : 'stroke-line'}
            />
            <text x={LEFT - 8} y={y(value) + 3.5} textAnchor="end" className="num fill-muted text-2xs">
              {format(value)}
            </text>
          </g>
        ))}
        {roundTimes(times[0] ?? 0, (times.at(-1) ?? 0) + interval, Math.max(2, Math.floor(plot.width / 64))).map(
          (time) => (
            <text
              key={time}
              x={LEFT + ((time - times[0]) / interval) * step}
              y={height - 5}
              textAnchor={time === times[0] ? 'start' : 'middle'}
              className="num fill-muted text-2xs"
            >
              {axisTime(new Date(time), span)}
            </text>
          ),
        )}
        {hovered !== undefined && (
          <rect x={LEFT + hovered * step} y={TOP} width={step} height={plot.height} className="fill-sunken" />
        )}
        {kind === 'bars' ? <Bars {...{ times, layers, step, x, y }} /> : <Lines {...{ layers, x, y }} />}
        {target && (
          <g>
            <line
              x1={LEFT}
              x2={width - RIGHT}
              y1={y(target.value)}
              y2={y(target.value)}
              className="stroke-edge"
              strokeDasharray="3 3"
            />
            <text x={LEFT + 4} y={y(target.value) - 5} className="fill-muted text-2xs">
              {target.label}
            </text>
          </g>
        )}
      </svg>
      {hovered !== undefined && (
        <Tip left={x(hovered)} width={width}>
          <p className="mb-1 text-muted">{fullTime(new Date(times[hovered]))}</p>
          {layers.map((layer) => (
            <p key={layer.name} className="flex items-center gap-2">
              <span className="size-2 rounded-[2px]" style={{ background: layer.color }} />
              <span className="mr-4">{layer.name}</span>
              <span className="num ml-auto font-medium">
                {layer.values[hovered] === undefined ? '–' : format(layer.values[hovered])}
              </span>
            </p>
          ))}
        </Tip>
      )}
    </div>
  );
}

export function Tip({ left, width, children }: { left: number; width: number; children: ReactNode }) {
  const right = left > width / 2;
  return (
    <div
      role="status"
      className="pointer-events-none absolute top-2 z-10 min-w-36 rounded-lg border border-line bg-raised px-2.5 py-2 text-xs shadow-lg"
      style={right ? { right: width - left + 12 } : { left: left + 12 }}
    >
      {children}
    </div>
  );
}

interface Marks {
  layers: Layer[];
  x: (i: number) => number;
  y: (value: number) => number;
}

function Bars({ times, layers, step, x, y }: Marks & { times: number[]; step: number }) {
  const wide = Math.max(1, Math.min(step - Math.min(3, step * 0.25), 28));
  return times.map((time, i) => {
    let below = 0;
    return (
      <g key={time}>
        {layers.map((layer) => {
          const value = layer.values[i] ?? 0;
          const from = below;
          below += value;
          if (value === 0) return null;
          const tall = Math.max(y(from) - y(below), 0.75);
          return (
            <rect key={layer.name} x={x(i) - wide / 2} y={y(below)} width={wide} height={tall} fill={layer.color} />
          );
        })}
      </g>
    );
  });
}

function Lines({ layers, x, y }: Marks) {
  return layers.map((layer) => {
    const points = layer.values.map((value, i) => (value === undefined ? undefined : ([x(i), y(value)] as const)));
    const alone = points.filter((point, i) => point && !points[i - 1] && !points[i + 1]);
    return (
      <g key={layer.name}>
        <path
          d={linePath(points)}
          fill="none"
          stroke={layer.color}
          strokeWidth="1.6"
          strokeLinejoin="round"
          strokeDasharray={layer.dashed ? '4 3' : undefined}
        />
        {alone.map((point) => point && <circle key={point[0]} cx={point[0]} cy={point[1]} r="2" fill={layer.color} />)}
      </g>
    );
  });
}

export function Legend({ items }: { items: { name: string; color: string; value?: string }[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {items.map(({ name, color, value }) => (
        <li key={name} className="flex items-center gap-1.5">
          <span className="size-2 rounded-[2px]" style={{ background: color }} aria-hidden="true" />
          {name}
          {value !== undefined && <span className="num font-medium text-ink">{value}</span>}
        </li>
      ))}
    </ul>
  );
}
