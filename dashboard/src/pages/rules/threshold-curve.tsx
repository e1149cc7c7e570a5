import { useQuery } from '@tanstack/react-query';
import { type CurvePoint, curveQuery } from '../../api/backtests.ts';
import { useBaseCurrency } from '../../api/session.ts';
import type { Thresholds } from '../../api/types.ts';
import type { Axis } from '../../charts/axis.ts';
import { Plot } from '../../charts/plot.tsx';
import { Legend } from '../../charts/time-chart.tsx';
import { countShort, moneyShort, percent, plural } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';
import { decades, pointAt } from './curve.ts';

const THRESHOLD: Axis = {
  label: 'threshold, probability of fraud',
  ...{ from: 1e-4, to: 1, ticks: [1e-4, 1e-3, 1e-2, 0.1, 1], log: true },
  text: percent,
};
const SHARE: Axis = { label: 'share', from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], text: percent };
const PRECISION = { name: 'Precision', color: 'var(--info)' };
const RECALL = { name: 'Recall', color: 'var(--approve-fill)' };

/** A day's alerts; a few are not rounded to none. */
const perDay = (value: number): string =>
  value < 10 ? String(Number(value.toPrecision(2))) : countShort(Math.round(value));

/** What thresholds flag of the newest decisions: precision, recall, alerts a day, and what it costs. */
export function ThresholdCurve({ thresholds }: { thresholds: Thresholds }) {
  const { data } = useQuery(curveQuery());
  useLiveRefresh(curveQuery().queryKey, 30_000, () => live.totals().decisions);
  if (!data || data.points.length === 0) return null;
  const { points, decisions, notes } = data;
  const lines = (['review', 'decline'] as const).map((name) => ({
    ...{ name, x: thresholds[name], color: OUTCOMES[name].css },
  }));
  const known = points.some(({ precision }) => precision !== null);
  const alerts = decades(points.map((point) => point.perDay));
  return (
    <section aria-label="By threshold" className="grid gap-3">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <p className="text-xs text-muted">By threshold, of the newest {plural(decisions, 'decision')}</p>
        {known && <Legend items={[PRECISION, RECALL]} />}
      </div>
      {known ? (
        <Plot
          height={210}
          x={THRESHOLD}
          y={SHARE}
          lines={lines}
          series={[
            { ...PRECISION, points: pairs(points, ({ precision }) => precision) },
            { ...RECALL, points: pairs(points, ({ recall }) => recall) },
          ]}
          summary="Precision and recall by threshold"
        />
      ) : (
        <p className="text-muted">Precision and recall are drawn once some of them are labelled, or old enough.</p>
      )}
      <p className="text-xs text-muted">Alerts a day</p>
      <Plot
        height={160}
        x={THRESHOLD}
        y={{ label: 'alerts a day', from: alerts[0], to: alerts.at(-1)!, ticks: alerts, log: true, text: perDay }}
        lines={lines}
        series={[{ name: 'Alerts a day', color: 'var(--muted)', points: pairs(points, (point) => point.perDay) }]}
        summary="Alerts a day by threshold"
      />
      <Readout points={points} thresholds={thresholds} />
      {notes.map((note) => (
        <p key={note} className="text-xs text-muted text-pretty">
          {note}
        </p>
      ))}
    </section>
  );
}

function Readout({ points, thresholds }: { points: CurvePoint[]; thresholds: Thresholds }) {
  const base = useBaseCurrency();
  const rows = [
    { name: 'review', cost: 'reviewCost' },
    { name: 'decline', cost: 'declineCost' },
  ] as const;
  return (
    <table className="w-full">
      <thead className="text-xs text-muted">
        <tr className="text-right [&>th]:pb-1 [&>th]:pl-2 [&>th]:align-bottom [&>th]:font-medium">
          <th className="!pl-0 text-left">From</th>
          <th>Alerts a day</th>
          <th>Precision</th>
          <th>Recall</th>
          <th title="Of what is known: fraud missed, and people’s time or the margin of good payments">Cost</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, cost }) => {
          const point = pointAt(points, thresholds[name]);
          return (
            <tr key={name} className="num border-t border-line text-right align-top [&>*]:py-1.5 [&>td]:pl-2">
              <th scope="row" className="text-left font-normal">
                <span className="inline-flex items-center gap-1.5">
                  <OutcomeMark outcome={name} className="size-2 shrink-0" />
                  <span className="max-sm:sr-only">{OUTCOMES[name].word}</span> {percent(thresholds[name])}
                </span>
              </th>
              <td>{perDay(point?.perDay ?? 0)}</td>
              <td>
                {percentOrNone(point?.precision)}
                {point?.interval && (
                  <span className="block text-2xs text-muted">{point.interval.map(percent).join(' – ')}</span>
                )}
              </td>
              <td>{percentOrNone(point?.recall)}</td>
              <td>{point?.recall ? moneyShort(point[cost], base) : '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const percentOrNone = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : percent(share);

/** Of those points that have the value, and stand on the axis. */
const pairs = (points: CurvePoint[], pick: (point: CurvePoint) => number | null) =>
  points.flatMap((point): [number, number][] => {
    const value = pick(point);
    return value === null || point.threshold < THRESHOLD.from ? [] : [[point.threshold, value]];
  });
