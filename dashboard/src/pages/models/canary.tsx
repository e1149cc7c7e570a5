import { ShieldAlert, ShieldCheck, ShieldOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Actor, Canary, EndedCanary, ModelList } from '../../api/model-types.ts';
import { count, duration } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { type CanaryChange, CanaryDialog } from './canary-dialog.tsx';
import { modelName } from './metrics.ts';
import { ModelTitle, nextOf } from './role.tsx';

/** What decides for a share, how the guard sees it, and the guard of what decides for all. */
export function Rollout({ list }: { list: ModelList }) {
  const [change, setChange] = useState<CanaryChange>();
  const { canary, canaryEnded } = list;
  const known = canary && (list.data.find(({ version }) => version === canary.version) ?? canary);
  return (
    <Panel
      title="A share first"
      note={canary ? undefined : 'no model decides for a share now'}
      aside={
        canary && (
          <>
            <Button small needs={['admin']} onClick={() => setChange({ kind: 'stop', canary })}>
              Stop…
            </Button>
            <Button small needs={['admin']} onClick={() => setChange({ kind: 'raise', canary })}>
              {nextOf(canary) === 100 ? 'Promote for all…' : `Raise to ${nextOf(canary)}%…`}
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
        <div className="min-w-0">
          {canary && known ? (
            <Running canary={canary} name={<ModelTitle model={known} />} guard={list.guard?.canary ?? null} />
          ) : (
            <>
              {canaryEnded && <Ended ended={canaryEnded} list={list} />}
              <p className="text-pretty text-muted">
                A model can decide for 10% of users first, for 50% an hour later and then for all, while the guard
                watches it beside the champion: choose “For a share first” where you promote one.
              </p>
            </>
          )}
        </div>
        <ChampionGuard list={list} />
      </div>
      <CanaryDialog change={change} list={list} onClose={() => setChange(undefined)} />
    </Panel>
  );
}

function Running({
  canary,
  name,
  guard,
}: {
  canary: Canary;
  name: ReactNode;
  guard: NonNullable<ModelList['guard']>['canary'];
}) {
  const { percent, steps, minutes, by, nextAt, startedAt, startedBy, reason } = canary;
  return (
    <>
      <p className="text-pretty">
        {name} decides for <strong className="num font-semibold">{percent}%</strong>, by {by}.{' '}
        {nextAt === null ? (
          `${percent === 100 ? `These are all payments that have a ${by}; it is no champion` : 'It stays there'} until a person promotes it.`
        ) : (
          <>
            From <Time at={nextAt} /> for {nextOf(canary)}%, while the guard is quiet.
          </>
        )}
      </p>
      <ol aria-label="Steps" className="my-3 flex gap-1">
        {steps.map((step) => (
          <li
            key={step}
            aria-current={step === percent ? 'step' : undefined}
            className={`num flex h-7 min-w-0 flex-1 items-center justify-center rounded-md text-xs font-medium ${
              step === percent
                ? 'bg-info-soft text-info ring-1 ring-info'
                : step < percent
                  ? 'bg-sunken text-ink'
                  : 'border border-dashed border-edge text-muted'
            }`}
          >
            {step}%
            <span className="sr-only">{step < percent ? ', done' : step === percent ? ', now' : ', to come'}</span>
          </li>
        ))}
      </ol>
      <dl className="grid gap-1">
        <Line term="Guard">
          {!guard ? (
            'It has not looked yet.'
          ) : guard.seen ? (
            <span className="text-decline">It saw that {guard.seen}.</span>
          ) : (
            `Quiet. ${count(Math.min(guard.decided, guard.needed))} of ${guard.needed} payments of this step that the next one asks for.`
          )}
        </Line>
        <Line term="A step lasts">{duration(minutes * 60_000)} at least</Line>
        <Line term="Begun">
          <Time at={startedAt} long />
          <By actor={startedBy} />
        </Line>
        <Line term="Why">{reason ?? <span className="text-muted">nobody said</span>}</Line>
      </dl>
    </>
  );
}

function Ended({ ended, list }: { ended: EndedCanary; list: ModelList }) {
  const model = list.data.find(({ version }) => version === ended.version) ?? ended;
  return (
    <div className={`mb-3 rounded-lg px-3 py-2 ${ended.guard ? 'bg-decline-soft' : 'bg-sunken'}`}>
      <p className="text-pretty">
        <ModelTitle model={model} /> was stopped <Time at={ended.at} long />
        {ended.guard ? ' by the guard' : <By actor={ended.endedBy} />}.
      </p>
      {ended.reason && <p className="mt-0.5 text-xs text-pretty break-words">{ended.reason}</p>}
    </div>
  );
}

/** Whether what decides for all would be caught, and to what it would fall back. */
function ChampionGuard({ list }: { list: ModelList }) {
  const { guard, promotions, champion, data } = list;
  if (!guard || !champion) return null;
  const [last] = promotions;
  const named = (version: string | null | undefined) => {
    const model = version ? data.find((one) => one.version === version) : undefined;
    return model ? modelName(model) : (version ?? 'no model');
  };
  const [Icon, tone, words] = last?.fellBack
    ? [ShieldAlert, 'text-decline', 'It fell back']
    : guard.armed
      ? [ShieldCheck, 'text-approve', 'Armed']
      : [ShieldOff, 'text-muted', 'Nothing to fall back to'];
  return (
    <section aria-label="Guard" className="min-w-0 lg:border-l lg:border-line lg:pl-8">
      <h3 className={`flex items-center gap-1.5 font-medium ${tone}`}>
        <Icon className="size-4" aria-hidden="true" />
        The champion’s guard: {words.charAt(0).toLowerCase() + words.slice(1)}
      </h3>
      <div className="mt-1 grid gap-1.5 text-pretty">
        {last?.fellBack ? (
          <>
            <p className="break-words">{last.reason}</p>
            <p className="text-muted">
              <Time at={last.at} long />. Promote what should decide: your word stands, and the guard is armed again.
            </p>
          </>
        ) : guard.armed ? (
          <p>
            Where {named(champion)} fails, gives one score for all, takes ten times as long, or shifts alone,{' '}
            {named(guard.before)} decides again within a minute.
          </p>
        ) : guard.before ? (
          <p>
            {named(champion)} was put back by a person after the guard had acted on it: it is left alone until another
            one is promoted.
          </p>
        ) : (
          <p>
            {named(champion)} has decided from the first. A payment on which it fails is decided by rules; once another
            model is promoted, this one is what the guard falls back to.
          </p>
        )}
        {guard.seen && <p className="text-decline">The last look saw that {guard.seen}.</p>}
        <p className="text-xs text-muted">
          What shifts both, such as an attack or a sale, is no fault of a model: see Drift.
        </p>
      </div>
    </section>
  );
}

export function By({ actor }: { actor: Actor }) {
  if (!actor.by) return null;
  return <> by {actor.byName ?? <span className="id">{actor.by}</span>}</>;
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3">
      <dt className="text-muted">{term}</dt>
      <dd className="num min-w-0 break-words">{children}</dd>
    </div>
  );
}
