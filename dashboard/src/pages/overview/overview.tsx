import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { statsQuery, useThresholds } from '../../api/queries.ts';
import type { Stats } from '../../api/types.ts';
import { ScoreHistogram } from '../../charts/histogram.tsx';
import { wholeSeries } from '../../charts/series.ts';
import { Legend, TimeChart } from '../../charts/time-chart.tsx';
import { count, countShort, plural } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { WINDOWS, type Window } from '../../searches.ts';
import { PageHeader, Panel, Segmented } from '../../ui/bits.tsx';
import { OUTCOMES } from '../../ui/outcome.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { Amounts, Latency, Quiet } from './charts.tsx';
import { Figures } from './figures.tsx';
import { Places, TopEntities } from './most.tsx';
import { RightNow } from './right-now.tsx';
import { TopReasons } from './top-reasons.tsx';
import { Waiting } from './waiting.tsx';
import { Welcome } from './welcome.tsx';

const REFRESH_MS: Record<Window, number> = {
  '15m': 2_000,
  '1h': 2_000,
  '6h': 5_000,
  '24h': 5_000,
  '7d': 15_000,
  '30d': 15_000,
};

/** What makes the figures old: that the feed connects does not. */
const changed = () => live.totals().decisions + live.totals().changes;

export function Overview() {
  const { window = '15m' } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const { data, error, refetch } = useQuery(statsQuery(window));
  useLiveRefresh(['stats', window], REFRESH_MS[window], changed);
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
  const spoken = data ? `${plural(data.count, 'payment')} in the last ${window}` : '';
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
          {data?.count === 0 ? (
            <Quiet />
          ) : data ? (
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
          )}
        </Panel>
        <RightNow />
      </div>
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <Amounts {...{ data, series, times, minutes }} />
        <Latency {...{ data, series, times }} />
        <Panel title="Scores" note="100 is certain fraud">
          {!data ? (
            <LoadingBlock height={228} />
          ) : data.count === 0 ? (
            <Quiet />
          ) : (
            <ScoreHistogram bins={data.scoreHistogram} thresholds={thresholds} />
          )}
        </Panel>
        <TopReasons data={data} />
        <TopEntities data={data} />
        <Places data={data} />
        <Waiting className="md:col-span-full" />
      </div>
    </div>
  );
}
