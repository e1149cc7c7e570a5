import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Comparison, type Model, OUTCOME_ORDER } from '../../api/model-types.ts';
import { comparisonQuery } from '../../api/models.ts';
import type { Outcome } from '../../api/types.ts';
import { count, percent, signed } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { figure } from './metrics.ts';

/** What a challenger says of the decisions that the champion made. */
export function ShadowComparison({ model }: { model: Model }) {
  const { data, error, refetch } = useQuery({ ...comparisonQuery(model.version), enabled: model.compared });
  if (!model.compared) return null;
  return (
    <Panel
      title="Beside the champion"
      note={data ? (data.running ? 'in shadow now' : 'of an earlier shadow') : undefined}
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={5} />
      ) : data.count === 0 ? (
        <p className="text-muted">No decision was scored by both yet.</p>
      ) : (
        <div className="grid gap-6 lg:grid-cols-2">
          <div className="min-w-0">
            <Facts data={data} />
            <Outcomes data={data} />
          </div>
          <Disagreements data={data} />
        </div>
      )}
    </Panel>
  );
}

function Facts({ data }: { data: Comparison }) {
  const { labels, averagePrecision, difference } = data;
  const caught = (side: Comparison['labels']['champion']) =>
    `${count(side.fraudFlagged)} of ${count(labels.fraud)} frauds, ${count(side.legitimateFlagged)} of ${count(labels.legitimate)} legitimate`;
  const rows: [string, string][] = [
    ['Scored by both', count(data.count)],
    ['Same outcome', data.agreement === null ? '–' : percent(data.agreement)],
    ['Flagged by the champion', `${count(data.flagged.champion)}, it alone ${count(data.flagged.championOnly)}`],
    ['Flagged by the challenger', `${count(data.flagged.challenger)}, it alone ${count(data.flagged.challengerOnly)}`],
    [
      'Probability, challenger less champion',
      difference.mean === null ? '–' : `${signed(difference.mean, 4)} on average`,
    ],
    ['Of the labelled, champion flags', caught(labels.champion)],
    ['Of the labelled, challenger flags', caught(labels.challenger)],
    [
      'Average precision so far',
      averagePrecision
        ? `champion ${figure(averagePrecision.champion)}, challenger ${figure(averagePrecision.challenger)}`
        : 'no fraud is labelled yet',
    ],
  ];
  if (data.dropped > 0) rows.push(['Not scored, too many waited', count(data.dropped)]);
  if (data.skipped > 0) rows.push(['Could not be scored', count(data.skipped)]);
  return (
    <dl className="grid gap-1.5">
      {rows.map(([name, value]) => (
        <div key={name} className="flex flex-wrap gap-x-3">
          <dt className="text-muted">{name}</dt>
          <dd className="num ml-auto text-right font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Outcomes({ data: { outcomes, count: total } }: { data: Comparison }) {
  return (
    <div className="relative mt-4 overflow-x-auto">
      <table className="w-full text-right [&_td]:p-1.5 [&_th]:p-1.5 [&_th]:font-medium">
        <caption className="mb-1 text-left text-xs font-medium text-muted">
          Outcomes: rows the champion’s, columns the challenger’s
        </caption>
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            <td />
            {OUTCOME_ORDER.map((outcome) => (
              <th key={outcome} scope="col">
                {OUTCOMES[outcome].word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {OUTCOME_ORDER.map((champion) => (
            <tr key={champion}>
              <th scope="row" className="text-left text-xs text-muted">
                {OUTCOMES[champion].word}
              </th>
              {OUTCOME_ORDER.map((challenger) => {
                const n = outcomes[champion]?.[challenger] ?? 0;
                const tone =
                  n === 0 ? 'text-muted' : champion === challenger ? 'bg-sunken' : 'bg-review-soft text-review';
                return (
                  <td key={challenger} className={`num rounded ${tone}`} title={percent(n / total)}>
                    {count(n)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Disagreements({ data: { disagreements } }: { data: Comparison }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-xs font-medium text-muted">Latest decisions on which they differ</h3>
      {disagreements.length === 0 ? (
        <p className="text-muted">There is none.</p>
      ) : (
        <ol>
          {disagreements.slice(0, 10).map(({ transactionId, at, champion, challenger }) => (
            <li key={transactionId} className="border-line not-first:border-t">
              <Link
                to="/decisions/$id"
                params={{ id: transactionId }}
                className="-mx-2 flex items-center gap-3 rounded-md px-2 py-1.5 hover:bg-sunken"
              >
                <span className="text-xs text-muted">
                  <Time at={at} />
                </span>
                <span className="id min-w-0 flex-1 truncate max-sm:hidden">{transactionId}</span>
                <Opinion {...champion} />
                <span aria-hidden="true" className="text-muted">
                  →
                </span>
                <Opinion {...challenger} />
              </Link>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Opinion({ decision, probability }: { decision: string; probability: number }) {
  const outcome = decision as Outcome;
  return (
    <span className="num inline-flex w-28 items-center gap-1.5 whitespace-nowrap">
      <OutcomeMark outcome={outcome} className="size-2.5 shrink-0" />
      {OUTCOMES[outcome]?.word ?? decision} <span className="ml-auto text-muted">{percent(probability)}</span>
    </span>
  );
}
