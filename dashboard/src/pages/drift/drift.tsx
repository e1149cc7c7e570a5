import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type Drift as Answer, driftQuery } from '../../api/drift.ts';
import { count, plural, signed } from '../../lib/format.ts';
import type { DriftWindow } from '../../searches.ts';
import { PageHeader, Panel, Segmented, Time } from '../../ui/bits.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { Alarms } from './alarms.tsx';
import { SeriesTable } from './series-table.tsx';
import { figure } from './then-and-now.tsx';

const WINDOWS: readonly { value: DriftWindow; label: string }[] = [
  { value: '6h', label: '6 hours' },
  { value: '1d', label: 'Day' },
  { value: '7d', label: 'Week' },
  { value: '14d', label: '2 weeks' },
];
const page = getRouteApi('/drift');

/** Whether what comes in, and what is made of it, is as it was. */
export function Drift() {
  const { window = '7d' } = page.useSearch();
  const navigate = page.useNavigate();
  const { data, error, refetch } = useQuery(driftQuery(window));
  return (
    <>
      <PageHeader title="Drift" note="Whether payments, scores and outcomes are as they were">
        <Segmented
          label="Window"
          value={window}
          options={WINDOWS}
          onChange={(window) => void navigate({ search: { window } })}
        />
      </PageHeader>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={240} />
      ) : (
        <>
          <Compared drift={data} />
          <Alarms drift={data} />
          <div className="grid items-start gap-4 [&>*]:min-w-0 xl:grid-cols-2">
            <SeriesTable title="Features" note="of the model, what moved most first" series={data.features} />
            <SeriesTable
              title="Outcomes and segments"
              note="by country, channel and merchant too"
              series={data.others}
            />
          </div>
        </>
      )}
    </>
  );
}

function Compared({ drift: { baseline, window, score } }: { drift: Answer }) {
  const figures: [term: string, figure: string, note: string][] = [
    [
      'Mean score today',
      figure(score.today),
      score.days === 0 ? 'no day before it is known' : `${figure(score.mean)} in ${plural(score.days, 'day')} before`,
    ],
    [
      'Shift',
      score.meanShiftSigmas === null ? '–' : `${signed(score.meanShiftSigmas, 1)} σ`,
      score.deviation === null ? 'told from the seventh day on' : `σ ${figure(score.deviation)}; a notice beyond 2`,
    ],
    ['PSI of scores', score.psi === null ? '–' : score.psi.toFixed(2), 'of the window; above 0.25 is a shift'],
  ];
  return (
    <Panel title="Score" className="mb-4">
      <p className="mb-3 text-pretty text-muted">
        <Time at={window.from} long /> – <Time at={window.to} long />,{' '}
        {baseline.kind === 'own'
          ? 'compared with the same hours of the four weeks before.'
          : `learning: ${count(baseline.weeks)} of the four weeks before it ${baseline.weeks === 1 ? 'is' : 'are'} known. Figures are shown, no alarm rings.`}
      </p>
      <dl className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        {figures.map(([term, shown, note]) => (
          <div key={term} className="min-w-0">
            <dt className="text-xs text-muted">{term}</dt>
            <dd className="num text-lg font-semibold break-words">{shown}</dd>
            <dd className="num text-xs text-muted">{note}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
