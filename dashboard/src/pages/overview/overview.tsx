import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { statsQuery, useThresholds } from '../../api/queries.ts';
import type { Stats } from '../../api/types.ts';
import { ScoreHistogram } from '../../charts/histogram.tsx';
import { wholeSeries } from '../../charts/series.ts';
import { Legend, TimeChart } from '../../charts/time-chart.tsx';
import { count, countShort, latency } from '../../lib/format.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { WINDOWS, type Window } from '../../router.tsx';
import { PageHeader, Panel, Segmented } from '../../ui/bits.tsx';
import { OUTCOMES } from '../../ui/outcome.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { Alerts } from './alerts.tsx';
import { Figures } from './figures.tsx';
import { RightNow } from './right-now.tsx';
import { TopReasons } from './top-reasons.tsx';
import { Welcome } from './welcome.tsx';

const REFRESH_MS: Record<Window, number> = {
  '15m': 2_000,
  '1h': 2_000,
  '6h': 5_000,
  '24h': 5_000,
  '7d': 15_000,
  '30d': 15_000,
};
/** What the decision itself may take, at the 99th percentile. */
const TARGET_MS = 1;

export function Overview() {
  const { window = '15m' } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const { data, error, refetch } = useQuery(statsQuery(window));
  useLiveRefresh(['stats', window], REFRESH_MS[window]);
  // Whether anything was ever decided: an empty hour is not an empty installation.
  const month = useQuery({ ...statsQuery('30d'), enabled: data?.count === 0 });
  const fresh = data?.count === 0 && month.data?.count === 0;

  return (
    <>
      <PageHeader title="Overview">
        <Segmented
          label="Window"
          value={window}
          options={WINDOWS.map((value) => ({ value, label: value, title: `The last ${value}` }))}
          onChange={(value) => navigate({ search: { window: value }, replace: true })}
        />
      </PageHeader>
      {error && !data ? (
        <Panel>
          <Failed error={error} retry={() => void refetch()} />
        </Panel>
      ) : fresh ? (
        <Welcome />
      ) : (
        <Panels data={data} window={window} />
      )}
    </>
  );
}

function Panels({ data, window }: { data: Stats | undefined; window: Window }) {
  const thresholds = useThresholds();
  const series = data ? wholeSeries(data) : [];
  const times = series.map(({ at }) => Date.parse(at));
  const minutes = times.length > 1 ? (times[1] - times[0]) / 60_000 : 1;
  const perMinute = (pick: (i: number) => number) => times.map((_, i) => pick(i) / minutes);
  const rate = (value: number) => (value < 10 && value % 1 ? value.toFixed(1) : countShort(Math.round(value)));
  const spoken = data ? `${count(data.count)} payments in the last ${window}` : '';
  const nothing = data?.count === 0 && (
    <p className="flex h-57 items-center justify-center text-center text-muted">Nothing was decided in this window.</p>
  );
  return (
    <div className="grid gap-4">
      <Figures data={data} window={window} />
      <div className="grid gap-4 xl:grid-cols-3">
        <Panel
          title="Transactions per minute"
          className="xl:col-span-2"
          aside={
            <Legend
              items={(['approve', 'review', 'decline'] as const).map((outcome) => ({
                name: OUTCOMES[outcome].past,
                color: OUTCOMES[outcome].css,
                value: data ? countShort(data.decisions[outcome]) : undefined,
              }))}
            />
          }
        >
          {nothing ||
            (data ? (
              <TimeChart
                kind="bars"
                height={236}
                times={times}
                format={rate}
                summary={`Payments per minute by outcome: ${spoken}, ${count(data.decisions.review)} to review, ${count(data.decisions.decline)} declined`}
                layers={(['approve', 'review', 'decline'] as const).map((outcome) => ({
                  name: OUTCOMES[outcome].past,
                  color: OUTCOMES[outcome].css,
                  values: perMinute((i) => series[i][outcome]),
                }))}
              />
            ) : (
              <LoadingBlock height={236} />
            ))}
        </Panel>
        <RightNow />
      </div>
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <Panel
          title="Latency"
          note="to decide"
          aside={
            <Legend
              items={[
                { name: 'p95', color: 'var(--info)' },
                { name: 'p50', color: 'var(--edge)' },
              ]}
            />
          }
        >
          {nothing ||
            (data ? (
              <TimeChart
                kind="lines"
                height={228}
                times={times}
                format={(value) => (value === 0 ? '0' : latency(value))}
                target={{ value: TARGET_MS, label: 'target 1 ms (p99)' }}
                summary={`Latency: p50 ${latency(data.latencyMs.p50)}, p95 ${latency(data.latencyMs.p95)}, p99 ${latency(data.latencyMs.p99)}`}
                layers={[
                  {
                    name: 'p95',
                    color: 'var(--info)',
                    values: series.map(({ count: n, p95 }) => (n ? p95 : undefined)),
                  },
                  {
                    name: 'p50',
                    color: 'var(--edge)',
                    values: series.map(({ count: n, p50 }) => (n ? p50 : undefined)),
                  },
                ]}
              />
            ) : (
              <LoadingBlock height={228} />
            ))}
        </Panel>
        <Panel title="Scores" note="100 is certain fraud">
          {nothing ||
            (data ? (
              <ScoreHistogram bins={data.scoreHistogram} thresholds={thresholds} />
            ) : (
              <LoadingBlock height={228} />
            ))}
        </Panel>
        <TopReasons data={data} />
      </div>
      <Alerts />
    </div>
  );
}
