import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Model, ModelList } from '../../api/model-types.ts';
import { comparisonQuery, modelQuery, promoteModel, reportQuery, shadowModel } from '../../api/models.ts';
import { count, percent } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { OUTCOMES } from '../../ui/outcome.tsx';
import { told } from '../../ui/toast.tsx';
import { AT_ONCE, HowToPromote, howAsked } from './how-to-promote.tsx';
import {
  differing,
  type FeatureChange,
  featureChange,
  figure,
  METRICS,
  metricOf,
  modelName,
  sameData,
  verdict,
} from './metrics.ts';
import { ModelTitle } from './role.tsx';

export interface Change {
  kind: 'promote' | 'shadow' | 'stop' | 'rollback';
  model: Model;
}

interface Props {
  change: Change | undefined;
  list: ModelList | undefined;
  onClose: () => void;
}

const WORDS: Record<
  Change['kind'],
  { title: (name: string) => string; action: string; done: (name: string) => string }
> = {
  promote: {
    title: (name) => `Promote ${name}?`,
    action: 'Promote',
    done: (name) => `${name} decides from now on`,
  },
  rollback: {
    title: (name) => `Roll back to ${name}?`,
    action: 'Roll back',
    done: (name) => `${name} decides again`,
  },
  shadow: {
    title: (name) => `Score ${name} beside the champion?`,
    action: 'Start shadow',
    done: (name) => `${name} is scored beside the champion`,
  },
  stop: {
    title: (name) => `End the shadow of ${name}?`,
    action: 'End shadow',
    done: (name) => `${name} is not scored any more`,
  },
};

/** Shows what would change, and asks. What the server refuses is said here, and nothing has changed then. */
export function ChangeDialog({ change, list, onClose }: Props) {
  const client = useQueryClient();
  const [how, setHow] = useState(AT_ONCE);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: ({ kind, model }: Change): Promise<unknown> =>
      kind === 'promote' || kind === 'rollback'
        ? promoteModel(model.version, howAsked(how))
        : shadowModel(model.version, kind === 'stop'),
    onSuccess: (_, { kind, model }) => {
      const name = modelName(model);
      told(how.isShare ? `${name} decides for a share` : WORDS[kind].done(name));
      close();
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['models'] });
      void client.invalidateQueries({ queryKey: ['model'] });
      void client.invalidateQueries({ queryKey: ['model-comparison'] });
    },
  });
  const close = () => {
    reset();
    setHow(AT_ONCE);
    onClose();
  };
  if (!change) return null;
  const champion = list?.data.find(({ version }) => version === list.champion);
  const words = WORDS[change.kind];
  const deciding = change.kind === 'promote' || change.kind === 'rollback';
  return (
    <Dialog
      open
      wide={deciding}
      onClose={close}
      title={words.title(modelName(change.model))}
      note={
        deciding
          ? 'It is loaded and tried out while the champion goes on. Every decision after the change is its own; earlier ones stay as they were made.'
          : undefined
      }
    >
      {deciding ? (
        <>
          <WhatChanges champion={champion} next={change.model} />
          <HowToPromote how={how} onChange={setHow} mayShare={change.kind === 'promote' && champion !== undefined} />
        </>
      ) : (
        <ShadowNote change={change} list={list} />
      )}
      {error && (
        <p role="alert" className="mt-4 flex gap-2 rounded-lg bg-decline-soft px-3 py-2 text-decline">
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
          <span>{error.message} Nothing has changed.</span>
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" needs={['admin']} disabled={isPending} onClick={() => mutate(change)}>
          {isPending ? 'Working…' : how.isShare ? 'Begin with a share' : words.action}
        </Button>
      </div>
    </Dialog>
  );
}

function ShadowNote({ change: { kind, model }, list }: { change: Change; list: ModelList | undefined }) {
  const current = list?.data.find(({ version }) => version === list.shadow);
  if (kind === 'stop')
    return <p className="text-pretty">It decides nothing now, so that no decision changes. Its comparison stays.</p>;
  return (
    <div className="grid gap-2 text-pretty">
      <p>
        <ModelTitle model={model} /> scores every decision after it was answered. It decides nothing and delays nothing;
        what it would have said is compared with the champion.
      </p>
      {current && current.version !== model.version && (
        <p>
          The shadow of <ModelTitle model={current} /> ends: one at a time. Its comparison stays.
        </p>
      )}
    </div>
  );
}

/** Thresholds and metrics side by side, decisions that would differ, and features. */
function WhatChanges({ champion, next }: { champion: Model | undefined; next: Model }) {
  const nowReport = useQuery({ ...reportQuery(champion?.version ?? ''), enabled: champion?.report ?? false }).data;
  const nextReport = useQuery({ ...reportQuery(next.version), enabled: next.report }).data;
  const nowDetail = useQuery({ ...modelQuery(champion?.version ?? ''), enabled: champion !== undefined }).data;
  const nextDetail = useQuery(modelQuery(next.version)).data;
  const otherData = champion && sameData(champion, next) === false;
  return (
    <div className="grid gap-4">
      <div className="relative overflow-x-auto">
        <table className="w-full text-left [&_td]:py-1 [&_th]:py-1">
          <thead>
            <tr className="border-b border-line text-xs text-muted [&>th]:font-medium">
              <th>
                <span className="sr-only">What</span>
              </th>
              <th className="pr-4 text-right [&_*]:whitespace-normal">
                Now: {champion ? <ModelTitle model={champion} /> : 'none'}
              </th>
              <th className="text-right [&_*]:whitespace-normal">
                Then: <ModelTitle model={next} />
              </th>
            </tr>
          </thead>
          <tbody>
            {(['review', 'decline'] as const).map((name) => (
              <tr key={name}>
                <td className="text-muted">{OUTCOMES[name].word} from a probability of</td>
                <td className="num pr-4 text-right">{threshold(champion, name)}</td>
                <td className="num text-right font-medium">{threshold(next, name)}</td>
              </tr>
            ))}
            {METRICS.map((metric, i) => {
              const now = champion && metricOf(champion, nowReport, 'test', metric);
              const then = metricOf(next, nextReport, 'test', metric);
              const how = otherData ? 'same' : verdict(metric, now, then);
              return (
                <tr key={metric.name} className={i === 0 ? 'border-t border-line' : ''}>
                  <td className="text-muted" title={metric.means}>
                    {metric.label}
                  </td>
                  <td className="num pr-4 text-right">{figure(now)}</td>
                  <td className="num text-right font-medium whitespace-nowrap">
                    {how !== 'same' && (
                      <span
                        className={`mr-2 text-xs font-normal ${how === 'better' ? 'text-approve' : 'text-decline'}`}
                      >
                        {how}
                      </span>
                    )}
                    {figure(then)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {otherData && (
        <p className="text-xs text-muted">
          Both figures are of the model’s own test part. The two were trained on different data, so that they cannot be
          compared as they stand.
        </p>
      )}
      <WouldDiffer next={next} />
      <Features
        change={featureChange(nowDetail, nextDetail)}
        same={champion?.featureSchema !== undefined && champion.featureSchema === next.featureSchema}
        total={nextDetail?.features?.length}
      />
    </div>
  );
}

function threshold(model: Model | undefined, name: 'review' | 'decline'): string {
  return model?.thresholds ? percent(model.thresholds[name]) : '–';
}

function Point({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="rounded-lg border border-line px-3 py-2.5">
      <h3 className="text-xs font-medium text-muted">{title}</h3>
      <div className="mt-0.5 text-pretty">{children}</div>
    </section>
  );
}

function WouldDiffer({ next }: { next: Model }) {
  const { data } = useQuery({ ...comparisonQuery(next.version), enabled: next.compared });
  const { flows, share } = differing(data?.outcomes ?? {}, data?.count ?? 0);
  return (
    <Point title="Decisions that would differ">
      {!data || share === undefined ? (
        <p>
          Not known: it was never scored beside the champion.{' '}
          <span className="text-muted">Shadow it first to see.</span>
        </p>
      ) : (
        <>
          <p>
            <strong className="num font-semibold">{percent(share)}</strong> of {count(data.count)} decisions that both
            scored{flows.length > 0 ? ':' : '.'}
          </p>
          <ul className="mt-1 flex flex-wrap gap-x-4 text-muted">
            {flows.map(({ from, to, count: n }) => (
              <li key={`${from} ${to}`}>
                <span className="num font-medium text-ink">{count(n)}</span> {from} → {to}
              </li>
            ))}
          </ul>
        </>
      )}
    </Point>
  );
}

function Features({ change, same, total }: { change: FeatureChange | undefined; same: boolean; total?: number }) {
  if (same) return <Point title="Features">The same{total === undefined ? '' : ` ${total}`}, defined alike.</Point>;
  if (!change) return <Point title="Features">Other ones, or not known.</Point>;
  const parts: [string, string[]][] = [
    ['more', change.added],
    ['fewer', change.removed],
    ['defined otherwise', change.redefined],
  ];
  return (
    <Point title={`Features${total === undefined ? '' : `: ${total}`}`}>
      {parts.every(([, names]) => names.length === 0) ? (
        <p>The same ones in another order.</p>
      ) : (
        <ul>
          {parts.map(([word, names]) =>
            names.length === 0 ? null : (
              <li key={word}>
                <span className="num font-medium">{names.length}</span> {word}:{' '}
                <span className="id text-muted">
                  {names.slice(0, 6).join(', ')}
                  {names.length > 6 ? ' …' : ''}
                </span>
              </li>
            ),
          )}
        </ul>
      )}
    </Point>
  );
}
