import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Model, ModelList } from '../../api/model-types.ts';
import { reportQuery } from '../../api/models.ts';
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
  const reports = useQueries({
    queries: models.slice(0, REPORTS).map((model) => ({ ...reportQuery(model.version), enabled: model.report })),
  });
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
                  <Link
                    to="/models"
                    search={{ model: model.version }}
                    aria-current={model.version === selected || undefined}
                    className="rounded underline-offset-3 hover:underline decoration-faint"
                    resetScroll={false}
                  >
                    <ModelTitle model={model} />
                  </Link>
                </td>
                <td>
                  <RoleBadge model={model} percent={shareOf(model, list)} />
                </td>
                <td className="text-muted">{model.kind ?? '–'}</td>
                <td className="text-muted">{model.trainedTo ? <Time at={model.trainedTo} /> : '–'}</td>
                {METRICS.map((metric) => (
                  <td key={metric.name} className="num text-right">
                    {figure(metricOf(model, reports[i]?.data, 'test', metric))}
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

export function Actions({ model, onChange }: { model: Model; onChange: (change: Change) => void }) {
  const name = model.name ?? model.version;
  return (
    <span className="flex justify-end gap-1.5">
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
