import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { BadgeCheck, History, Layers, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Model, ModelList, Part } from '../../api/model-types.ts';
import { modelListQuery } from '../../api/models.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { PageHeader, Panel, Segmented, Time } from '../../ui/bits.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { By, Rollout } from './canary.tsx';
import { type Change, ChangeDialog } from './change-dialog.tsx';
import { ShadowComparison } from './comparison.tsx';
import { Importance } from './importance.tsx';
import { Lineage } from './lineage.tsx';
import { modelName, PARTS } from './metrics.ts';
import { Actions, ModelTable } from './model-table.tsx';
import { Performance } from './performance.tsx';
import { ModelTitle, RoleBadge, shareOf } from './role.tsx';
import { Scores } from './scores.tsx';

const PART_WORDS: Record<Part, string> = { test: 'Test', validation: 'Validation', train: 'Training' };

/** The model that decides, those that might, and what each of them knows. */
export function Models() {
  const { model: asked } = useSearch({ from: '/models' });
  const { data: list, error, refetch } = useQuery(modelListQuery());
  useLiveRefresh(['models'], 2_000, () => live.totals().promotions);
  const [change, setChange] = useState<Change>();
  const model =
    list?.data.find(({ version }) => version === asked) ??
    list?.data.find(({ version }) => version === list.champion) ??
    list?.data[0];
  return (
    <>
      <PageHeader title="Models" note="One decides, one may be scored beside it, and every other is kept.">
        {list && <RollBack list={list} onChange={setChange} />}
      </PageHeader>
      {error && !list ? (
        <Panel>
          <Failed error={error} retry={() => void refetch()} />
        </Panel>
      ) : !list ? (
        <Panel>
          <LoadingRows rows={4} />
        </Panel>
      ) : (
        <div className="grid gap-4">
          {(list.problem || !list.champion) && <NoChampion list={list} />}
          {list.data.length === 0 ? (
            <Panel>
              <Empty title="No model is kept here" icon={<Layers />}>
                Payments are decided by rules alone. Train one with <code className="id">npx assay train</code> and
                bring it in with <code className="id">npx assay models import</code>.
              </Empty>
            </Panel>
          ) : (
            <>
              <ModelTable list={list} selected={model?.version} onChange={setChange} />
              <Rollout list={list} />
              {model && <OneModel key={model.version} model={model} list={list} onChange={setChange} />}
            </>
          )}
        </div>
      )}
      <ChangeDialog change={change} list={list} onClose={() => setChange(undefined)} />
    </>
  );
}

function NoChampion({ list }: { list: ModelList }) {
  return (
    <p role="alert" className="flex gap-2 rounded-lg bg-review-soft px-4 py-2.5 text-review">
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <span>
        {list.problem ?? 'No model decides.'}{' '}
        {list.champion ? 'The one before it decides.' : 'Payments are decided by rules alone.'}
      </span>
    </p>
  );
}

/** To what decided before the one that does: that it was promoted again since changes nothing. */
function RollBack({ list, onChange }: { list: ModelList; onChange: (change: Change) => void }) {
  if (list.promotions[0]?.version !== list.champion) return null;
  const last = list.promotions.find(({ version, previous }) => version === list.champion && previous !== version);
  const before = list.data.find(({ version }) => version === last?.previous);
  if (!before || before.problem || before.version === list.champion) return null;
  return (
    <Button
      needs={['admin']}
      icon={<History className="size-4" />}
      onClick={() => onChange({ kind: 'rollback', model: before })}
    >
      Roll back to {modelName(before)}…
    </Button>
  );
}

function OneModel({ model, list, onChange }: { model: Model; list: ModelList; onChange: (change: Change) => void }) {
  const [part, setPart] = useState<Part>('test');
  const champion = list.data.find(({ version }) => version === list.champion);
  const other = champion && champion.version !== model.version ? champion : undefined;
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="text-lg font-semibold tracking-tight">
          <ModelTitle model={model} />
        </h2>
        <RoleBadge model={model} percent={shareOf(model, list)} />
        <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
          <Segmented
            label="Part of the training"
            value={part}
            options={PARTS.map((value) => ({ value, label: PART_WORDS[value], title: `Its rows for ${value}` }))}
            onChange={setPart}
          />
          <Link to="/proof" search={{ model: model.version }} className={buttonClass('plain', true)}>
            <BadgeCheck className="size-3.5" aria-hidden="true" />
            Proof by labels
          </Link>
          <Actions model={model} onChange={onChange} />
        </div>
      </div>
      {model.problem && (
        <p role="alert" className="rounded-lg bg-decline-soft px-4 py-2.5 text-decline">
          It cannot serve: {model.problem}
        </p>
      )}
      <Performance model={model} champion={other} part={part} />
      <ShadowComparison model={model} />
      <div className="grid items-start gap-4 2xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <Scores model={model} />
        <Importance model={model} />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Lineage model={model} />
        <Promotions list={list} />
      </div>
    </>
  );
}

function Promotions({ list }: { list: ModelList }) {
  const navigate = useNavigate({ from: '/models' });
  const named = (version: string | null) =>
    version === null ? undefined : (list.data.find((model) => model.version === version) ?? { version });
  return (
    <Panel title="Promotions" note="the newest first">
      {list.promotions.length === 0 ? (
        <p className="text-muted">None was promoted: the configured model decides.</p>
      ) : (
        <ol>
          {list.promotions.slice(0, 12).map(({ version, previous, at, by = null, byName = null, reason, fellBack }) => {
            const [now, before] = [named(version), named(previous)];
            return (
              <li key={at} className="flex flex-wrap items-baseline gap-x-3 border-line py-1.5 not-first:border-t">
                <button
                  type="button"
                  className="rounded hover:underline decoration-faint underline-offset-3"
                  onClick={() => navigate({ search: { model: version } })}
                >
                  {now && <ModelTitle model={now} />}
                </button>
                {before && (
                  <span className="text-xs text-muted">
                    after <ModelTitle model={before} />
                  </span>
                )}
                <span className="ml-auto text-xs text-muted">
                  <Time at={at} />
                  {fellBack ? ' by the guard' : <By actor={{ by, byName }} />}
                </span>
                {reason && <p className="w-full text-xs text-pretty break-words text-muted">{reason}</p>}
              </li>
            );
          })}
        </ol>
      )}
    </Panel>
  );
}
