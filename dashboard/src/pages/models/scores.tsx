import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Distribution, Model } from '../../api/model-types.ts';
import { distributionQuery } from '../../api/models.ts';
import { ScoreHeat } from '../../charts/score-heat.tsx';
import { TimeChart } from '../../charts/time-chart.tsx';
import { plural } from '../../lib/format.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel, Segmented } from '../../ui/bits.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';

const WINDOWS = ['1h', '24h', '7d', '30d'] as const;
type Window = (typeof WINDOWS)[number];
const HEIGHT = 330;
const FEWEST = 12;

/** How it scores what it decides, against how it scored the payments of its training that it had not learnt from. */
export function Scores({ model }: { model: Model }) {
  const [window, setWindow] = useState<Window>('24h');
  const { data, error, refetch } = useQuery(distributionQuery(model.version, window));
  useLiveRefresh(['model-distribution', model.version, window], 15_000);
  return (
    <Panel
      title="Scores over time"
      note="against its training"
      aside={
        <Segmented
          label="Window of scores"
          value={window}
          options={WINDOWS.map((value) => ({ value, label: value, title: `The last ${value}` }))}
          onChange={setWindow}
        />
      }
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={HEIGHT} />
      ) : data.series.length === 0 ? (
        <p className="py-8 text-center text-muted">It decided nothing in the last {window}.</p>
      ) : (
        <Shown data={data} model={model} />
      )}
    </Panel>
  );
}

function Shown({ data, model }: { data: Distribution; model: Model }) {
  const intervalMs = data.intervalSeconds * 1000;
  const columns = data.series.map(({ at, bins }) => ({ at: Date.parse(at), bins }));
  const to = Date.parse(data.to);
  // A window that is emptier than that is drawn from its first decision.
  const from = Math.max(Date.parse(data.from), Math.min(columns[0].at, to - FEWEST * intervalMs));
  const total = data.series.reduce((sum, { count: n }) => sum + n, 0);
  const start = Math.floor(from / intervalMs) * intervalMs;
  const times = Array.from({ length: Math.ceil((to - start) / intervalMs) }, (_, i) => start + i * intervalMs);
  const stability = new Map(data.series.map((point) => [Date.parse(point.at), point.stability ?? undefined]));
  return (
    <>
      <ScoreHeat
        columns={columns}
        intervalMs={intervalMs}
        from={from}
        to={to}
        reference={data.reference?.bins}
        thresholds={model.thresholds}
        summary={`Scores of ${plural(total, 'decision')} over time${data.reference ? ', beside those of training' : ''}`}
      />
      <div className="mt-4 flex flex-wrap items-baseline gap-x-3">
        <h3 className="text-xs font-medium text-muted">Shift from training (population stability index)</h3>
        <p className="text-xs">{inWords(data)}</p>
      </div>
      {data.reference && (
        <TimeChart
          kind="lines"
          height={110}
          times={times}
          format={(value) => (value === 0 ? '0' : value.toFixed(2))}
          target={{ value: 0.25, label: 'shifted, 0.25' }}
          summary={`Population stability index: ${inWords(data)}`}
          layers={[{ name: 'Stability index', color: 'var(--info)', values: times.map((at) => stability.get(at)) }]}
        />
      )}
    </>
  );
}

function inWords({ reference, stability }: Distribution): string {
  if (!reference) return 'It came without a report to compare with.';
  if (stability === null) return 'Too few decisions to tell: 200 are needed.';
  const word = stability < 0.1 ? 'stable' : stability < 0.25 ? 'shifted a little' : 'shifted';
  return `${stability.toFixed(3)} in this window: ${word}.`;
}
