import { useQuery } from '@tanstack/react-query';
import type { Confusion, Model, Part, Report, ReportPart } from '../../api/model-types.ts';
import { reportQuery } from '../../api/models.ts';
import type { Axis } from '../../charts/axis.ts';
import { Plot, type PlotSeries } from '../../charts/plot.tsx';
import { Legend } from '../../charts/time-chart.tsx';
import { count, percent, plural } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { LoadingBlock } from '../../ui/states.tsx';
import { figure, METRICS, metricOf, modelName } from './metrics.ts';

interface Props {
  model: Model;
  /** To compare with; absent where the model is the champion itself. */
  champion: Model | undefined;
  part: Part;
}

const shareText = (value: number) => percent(value);
const zeroToOne = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], text: shareText };
const RECALL: Axis = { ...zeroToOne, label: 'recall' };
const PRECISION: Axis = { ...zeroToOne, label: 'precision' };
/** Logarithmic: where a shop works, one in ten thousand to one in a hundred, a linear axis shows nothing. */
const FALSE_ALARMS: Axis = {
  label: 'legitimate payments flagged',
  from: 1e-4,
  to: 1,
  ticks: [1e-4, 1e-3, 1e-2, 0.1, 1],
  text: shareText,
  log: true,
};
const tiny = (value: number) => (value < 1e-4 ? '<0.01%' : percent(value));
const PREDICTED: Axis = {
  ...FALSE_ALARMS,
  label: 'predicted probability',
  from: 1e-5,
  ticks: [1e-4, 1e-3, 1e-2, 0.1, 1],
  text: tiny,
};
const OBSERVED: Axis = { ...PREDICTED, label: 'observed share' };

const OWN = 'var(--info)';
const OTHER = 'var(--edge)';
const HEIGHT = 272;

/** Figures with their intervals, and the three curves of a part of its training. */
export function Performance({ model, champion, part }: Props) {
  const own = useQuery({ ...reportQuery(model.version), enabled: model.report });
  const beside = useQuery({ ...reportQuery(champion?.version ?? ''), enabled: champion?.report ?? false }).data;
  return (
    <>
      <Figures model={model} report={own.data} part={part} champion={champion} beside={beside} />
      {!model.report ? (
        <Panel title="Curves">
          <p className="text-muted">It came without the report of its training, which holds the curves.</p>
        </Panel>
      ) : (
        <Curves model={model} champion={champion} own={own.data?.[part]} beside={beside?.[part]} failed={own.isError} />
      )}
    </>
  );
}

function Figures({ model, report, part, champion, beside }: Props & { report?: Report; beside?: Report }) {
  const rows = report?.[part]?.rows ?? (model.metrics?.[part] as { rows?: number } | undefined)?.rows;
  const frauds = report?.[part]?.frauds ?? (model.metrics?.[part] as { frauds?: number } | undefined)?.frauds;
  return (
    <section aria-label="Figures" className="panel grid grid-cols-2 sm:grid-cols-3 xl:grid-cols-6">
      {METRICS.map((metric) => {
        const interval = report?.[part]?.intervals?.[metric.name];
        const other = champion && metricOf(champion, beside, part, metric);
        return (
          <div key={metric.name} className="px-4 py-3" title={metric.means}>
            <p className="text-xs text-muted">{metric.label}</p>
            <p className="num text-2xl font-semibold tracking-tight">{figure(metricOf(model, report, part, metric))}</p>
            <p className="num text-xs text-muted">
              {other !== undefined
                ? `champion ${figure(other)}`
                : interval
                  ? `95%: ${interval.map((end) => end.toFixed(3)).join(' – ')}`
                  : metric.higherIsBetter
                    ? 'higher is better'
                    : 'lower is better'}
            </p>
          </div>
        );
      })}
      <div className="px-4 py-3">
        <p className="text-xs text-muted">Rows</p>
        <p className="num text-2xl font-semibold tracking-tight">{rows === undefined ? '–' : count(rows)}</p>
        <p className="num text-xs text-muted">{frauds === undefined ? '' : plural(frauds, 'fraud')}</p>
      </div>
    </section>
  );
}

interface CurveProps {
  model: Model;
  champion: Model | undefined;
  own: ReportPart | undefined;
  beside: ReportPart | undefined;
  failed: boolean;
}

function Curves({ model, champion, own, beside, failed }: CurveProps) {
  const curves = own?.curves;
  if (!curves)
    return (
      <div className="grid gap-4 xl:grid-cols-3">
        {['Precision and recall', 'ROC', 'Calibration'].map((title) => (
          <Panel key={title} title={title}>
            {failed || own ? (
              <p className="text-muted">The report does not hold it.</p>
            ) : (
              <LoadingBlock height={HEIGHT} />
            )}
          </Panel>
        ))}
      </div>
    );
  const series = (pick: (part: NonNullable<ReportPart['curves']>) => PlotSeries['points']): PlotSeries[] => [
    ...(champion && beside?.curves
      ? [{ name: `Champion ${modelName(champion)}`, color: OTHER, dashed: true, points: pick(beside.curves) }]
      : []),
    { name: modelName(model), color: OWN, points: pick(curves) },
  ];
  const legend = champion && beside?.curves && (
    <Legend
      items={[
        { name: modelName(model), color: OWN },
        { name: 'champion', color: OTHER },
      ]}
    />
  );
  const at = points(own);
  return (
    <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
      <Panel title="Precision and recall" aside={legend}>
        <Plot
          height={HEIGHT}
          x={RECALL}
          y={PRECISION}
          series={series(({ pr }) => pr)}
          marks={at.map(({ name, color, precision, recall }) => ({ name, color, x: recall, y: precision }))}
          summary={`Precision against recall${spoken(at, ({ precision, recall }) => `precision ${percent(precision)}, recall ${percent(recall)}`)}`}
        />
      </Panel>
      <Panel title="ROC" aside={legend}>
        <Plot
          height={HEIGHT}
          x={FALSE_ALARMS}
          y={RECALL}
          series={series(({ roc }) => roc)}
          marks={at.map(({ name, color, falseAlarms, recall }) => ({ name, color, x: falseAlarms, y: recall }))}
          summary={`Recall against the share of legitimate payments flagged${spoken(at, ({ falseAlarms, recall }) => `${percent(falseAlarms)} flagged, recall ${percent(recall)}`)}`}
        />
      </Panel>
      <Panel title="Calibration" note="on the line, predictions are right" className="lg:max-2xl:col-span-2">
        <Plot
          height={HEIGHT}
          x={PREDICTED}
          y={OBSERVED}
          diagonal
          series={[
            {
              name: 'A bin of equally many payments',
              color: OWN,
              dots: true,
              points: curves.reliability.map(({ predicted, observed }) => [predicted, observed] as const),
            },
          ]}
          summary="Observed share of fraud against the predicted probability, in bins of equally many payments; bins without frauds lie on the floor"
        />
      </Panel>
    </div>
  );
}

interface Operating {
  name: string;
  color: string;
  precision: number;
  recall: number;
  falseAlarms: number;
}

/** Where the thresholds put it on the curves. */
function points({ confusion, declineConfusion }: ReportPart): Operating[] {
  const at = (name: string, color: string, found: Confusion | undefined): Operating[] => {
    if (!found || found.truePositives === 0) return [];
    const { truePositives, falsePositives, falseNegatives, trueNegatives } = found;
    return [
      {
        name,
        color,
        precision: truePositives / (truePositives + falsePositives),
        recall: truePositives / (truePositives + falseNegatives),
        falseAlarms: falsePositives / (falsePositives + trueNegatives),
      },
    ];
  };
  const review = at('review', 'var(--review-fill)', confusion);
  const decline = at('decline', 'var(--decline-fill)', declineConfusion);
  // One threshold for both is one place, with one name.
  const isOne = review[0]?.recall === decline[0]?.recall && review[0]?.precision === decline[0]?.precision;
  return isOne ? decline.map((point) => ({ ...point, name: 'review, decline' })) : [...review, ...decline];
}

function spoken(at: Operating[], words: (point: Operating) => string): string {
  return at.length === 0 ? '' : `: ${at.map((point) => `at ${point.name} ${words(point)}`).join('; ')}`;
}
