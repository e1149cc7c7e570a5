import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Model, ModelList } from '../../api/model-types.ts';
import { reportQuery } from '../../api/models.ts';
import { useNarrow } from '../../lib/use-narrow.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import type { Change } from './change-dialog.tsx';
import { figure, METRICS, metricOf } from './metrics.ts';
import { ModelTitle, RoleBadge, shareOf } from './role.tsx';

/** Reports that are read for the one figure that models do not carry themselves. */
const REPORTS = 20;
const ORDER = { champion: 0, shadow: 1, other: 2 };

interface Props {
  list: ModelList;
  selected: string | undefined;
  onChange: (change: Change) => void;
}

/** Every model that is kept: the champion, the challenger, then the latest trained. */
export function ModelTable({ list, selected, onChange }: Props) {
  const models = [...list.data].sort(
    (a, b) => ORDER[a.role] - ORDER[b.role] || (b.trainedTo ?? '').localeCompare(a.trainedTo ?? ''),
  );
  const narrow = useNarrow();
  const reports = useQueries({
    queries: models.slice(0, REPORTS).map((model) => ({ ...reportQuery(model.version), enabled: model.report })),
  });
  const figuresOf = (model: Model, i: number) =>
    METRICS.map((metric) => ({ ...metric, value: figure(metricOf(model, reports[i]?.data, 'test', metric)) }));
  if (narrow)
    return (
      <Panel title="Kept models" note="figures on the test part of each training" flush>
        <ul>
          {models.map((model, i) => (
            <li
              key={model.version}
              className={`border-t border-line px-4 py-3 ${model.version === selected ? 'bg-sunken' : ''}`}
            >
              <p className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                <Name model={model} selected={selected} />
                <RoleBadge model={model} percent={shareOf(model, list)} />
              </p>
              <p className="text-xs text-muted">
                {model.kind}
                {model.trainedTo && (
                  <>
                    {model.kind && ', '}trained up to <Time at={model.trainedTo} />
                  </>
                )}
              </p>
              <dl className="mt-2 flex flex-wrap gap-x-4 gap-y-1.5">
                {figuresOf(model, i).map(({ name, short, means, value }) => (
                  <div key={name} title={means}>
                    <dt className="text-xs text-muted">{short}</dt>
                    <dd className="num">{value}</dd>
                  </div>
                ))}
              </dl>
              {model.role !== 'champion' && (
                <div className="mt-2.5">
                  <Actions model={model} onChange={onChange} />
                </div>
              )}
            </li>
          ))}
        </ul>
      </Panel>
    );
  return (
    <Panel title="Kept models" note="figures on the test part of each training" flush>
      <div className="relative overflow-x-auto">
        <table className="w-full min-w-[56rem] text-left">
          <thead>
            <tr className="border-y border-line text-xs text-muted [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
              <th className="pl-4!">Model</th>
              <th>Role</th>
              <th>Learner</th>
              <th>Trained up to</th>
              {METRICS.map((metric) => (
                <th key={metric.name} className="text-right whitespace-nowrap" title={metric.means}>
                  {metric.short}
                </th>
              ))}
              <th className="pr-4!">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {models.map((model, i) => (
              <tr
                key={model.version}
                className={`border-line not-last:border-b hover:bg-sunken [&>td]:px-2 [&>td]:py-2 ${model.version === selected ? 'bg-sunken' : ''}`}
              >
                <td className="pl-4!">
                  <Name model={model} selected={selected} />
                </td>
                <td>
                  <RoleBadge model={model} percent={shareOf(model, list)} />
                </td>
                <td className="text-muted">{model.kind ?? '–'}</td>
                <td className="text-muted">{model.trainedTo ? <Time at={model.trainedTo} /> : '–'}</td>
                {figuresOf(model, i).map(({ name, value }) => (
                  <td key={name} className="num text-right">
                    {value}
                  </td>
                ))}
                <td className="pr-4!">
                  <Actions model={model} onChange={onChange} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Name({ model, selected }: { model: Model; selected: string | undefined }) {
  return (
    <Link
      to="/models"
      search={{ model: model.version }}
      aria-current={model.version === selected || undefined}
      className="rounded underline-offset-3 hover:underline decoration-faint"
      resetScroll={false}
    >
      <ModelTitle model={model} />
    </Link>
  );
}

export function Actions({ model, onChange }: { model: Model; onChange: (change: Change) => void }) {
  const name = model.name ?? model.version;
  return (
    <span className="flex gap-1.5 md:justify-end">
      {model.role === 'shadow' ? (
        <Button
          small
          needs={['admin']}
          aria-label={`End shadow of ${name}`}
          onClick={() => onChange({ kind: 'stop', model })}
        >
          End shadow
        </Button>
      ) : (
        model.role === 'other' && (
          <Button
            small
            needs={['admin']}
            disabled={model.problem !== undefined}
            aria-label={`Shadow ${name}`}
            onClick={() => onChange({ kind: 'shadow', model })}
          >
            Shadow…
          </Button>
        )
      )}
      {model.role !== 'champion' && (
        <Button
          small
          needs={['admin']}
          disabled={model.problem !== undefined}
          aria-label={`Promote ${name}`}
          onClick={() => onChange({ kind: 'promote', model })}
        >
          Promote…
        </Button>
      )}
    </span>
  );
}
