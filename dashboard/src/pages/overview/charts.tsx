import { useBaseCurrency } from '../../api/session.ts';
import type { SeriesPoint, Stats } from '../../api/types.ts';
import { type Layer, Legend, TimeChart } from '../../charts/time-chart.tsx';
import { latency, moneyShort } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { LoadingBlock } from '../../ui/states.tsx';

/** What the decision itself may take, at the 99th percentile. */
const TARGET_MS = 1;
const HEIGHT = 228;

interface Props {
  data: Stats | undefined;
  series: SeriesPoint[];
  times: number[];
}

/** Stands in a chart's place. */
export function Quiet() {
  return (
    <p className="flex h-57 items-center justify-center text-center text-muted">Nothing was decided in this window.</p>
  );
}

const LINES = [
  { name: 'p99', color: 'var(--decline-fill)' },
  { name: 'p95', color: 'var(--info)' },
  { name: 'p50', color: 'var(--edge)' },
] as const;

/** p50, p95 and p99 beside the target. */
export function Latency({ data, series, times }: Props) {
  return (
    <Panel title="Latency" note="to decide" aside={<Legend items={[...LINES]} />}>
      {!data ? (
        <LoadingBlock height={HEIGHT} />
      ) : data.count === 0 ? (
        <Quiet />
      ) : (
        <TimeChart
          kind="lines"
          height={HEIGHT}
          times={times}
          format={(value) => (value === 0 ? '0' : latency(value).replace('.0', ''))}
          target={{ value: TARGET_MS, label: 'target 1 ms (p99)' }}
          summary={`Latency: p50 ${latency(data.latencyMs.p50)}, p95 ${latency(data.latencyMs.p95)}, p99 ${latency(data.latencyMs.p99)}`}
          layers={LINES.map(
            ({ name, color }): Layer => ({
              name,
              color,
              values: series.map((point) => (point.count ? point[name] : undefined)),
            }),
          )}
        />
      )}
    </Panel>
  );
}

/** Money a minute in the base currency: what went through and what was blocked. */
export function Amounts({ data, series, times, minutes }: Props & { minutes: number }) {
  const currency = useBaseCurrency();
  const { total, blocked } = data?.amountBase ?? { total: 0, blocked: 0 };
  const of = (pick: (amount: { total: number; blocked: number }) => number) =>
    series.map(({ amountBase }) => pick(amountBase) / minutes);
  const layers: Layer[] = [
    { name: 'Passed', color: 'var(--approve-fill)', values: of((amount) => amount.total - amount.blocked) },
    { name: 'Blocked', color: 'var(--decline-fill)', values: of((amount) => amount.blocked) },
  ];
  return (
    <Panel title="Amount per minute" aside={<Legend items={layers} />}>
      {!data ? (
        <LoadingBlock height={HEIGHT} />
      ) : data.count === 0 ? (
        <Quiet />
      ) : (
        <TimeChart
          kind="bars"
          height={HEIGHT}
          times={times}
          format={(value) => (value === 0 ? '0' : moneyShort(value, currency))}
          summary={`Amount per minute in ${currency}: ${moneyShort(total, currency)} in all, ${moneyShort(blocked, currency)} blocked`}
          layers={layers}
        />
      )}
    </Panel>
  );
}
