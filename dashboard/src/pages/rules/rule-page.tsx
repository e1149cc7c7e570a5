import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { BadgeCheck, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import {
  approveRule,
  changeRule,
  deleteRule,
  type Rule,
  type RuleVersion,
  readRule,
  ruleQuery,
} from '../../api/policy.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { PageHeader, Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { Difference } from './difference.tsx';
import { contentOf, type Draft, draftOf, sameContent } from './draft.ts';
import { ModeBadge } from './mode-badge.tsx';
import { RecentHits } from './recent-hits.tsx';
import { useRights } from './rights.ts';
import { RuleConflict } from './rule-conflict.tsx';
import { RuleForm } from './rule-form.tsx';
import { tellSaved } from './saved.ts';
import { Versions } from './versions.tsx';
import { WayBack } from './way-back.tsx';

export function RulePage() {
  const { id } = useParams({ from: '/rules/edit/$id' });
  const { data, error, refetch } = useQuery(ruleQuery(id));
  useLiveRefresh(['rule', id], 1_500, () => live.totals().policies);
  return (
    <>
      <WayBack />
      {error && !data ? (
        <Panel>
          <Failed error={error} retry={() => void refetch()} />
        </Panel>
      ) : !data ? (
        <LoadingRows />
      ) : (
        <Edited key={id} rule={data} />
      )}
    </>
  );
}

/** What a change is made from: a proposal where there is one. */
const headOf = (rule: Rule): RuleVersion => rule.proposed ?? rule;

/** What others save is told and not slipped in: a change always carries the version that was in sight. */
function Edited({ rule }: { rule: Rule }) {
  const client = useQueryClient();
  const base = useBaseCurrency();
  const { needs, draft: mayDraft, live: mayLive } = useRights();
  const [seen, setSeen] = useState(headOf(rule));
  const [draft, setDraft] = useState(() => draftOf(headOf(rule)));
  const [conflict, setConflict] = useState<RuleVersion>();
  const head = headOf(rule);
  const wanted = contentOf(draft);
  const touched = !sameContent(wanted, contentOf(draftOf(seen)));
  const takeIn = (version: RuleVersion) => {
    setSeen(version);
    setDraft(draftOf(version));
    setConflict(undefined);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: when a newer one comes, and nothing was typed
  useEffect(() => {
    if (head.version !== seen.version && !touched && !conflict) takeIn(head);
  }, [head.version]);

  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (version: number) => changeRule(rule.id, version, wanted),
    onSuccess: (now) => {
      takeIn(headOf(now));
      tellSaved(now, base);
      client.setQueryData(ruleQuery(rule.id).queryKey, now);
    },
    onError: async (fault) => {
      if (!(fault instanceof ApiError && fault.status === 409)) return;
      const now = await readRule(rule.id).catch(() => undefined);
      if (!now) return;
      client.setQueryData(ruleQuery(rule.id).queryKey, now);
      setConflict(headOf(now));
    },
    onSettled: () => {
      for (const key of ['rule', 'rules', 'policy']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const stale = error instanceof ApiError && error.status === 409;
  const readOnly = !(mayLive || (mayDraft && rule.mode !== 'live' && rule.proposed?.mode !== 'live'));
  const newer = head.version !== seen.version && !conflict;

  return (
    <>
      <PageHeader
        name={rule.name}
        title={
          <span className="flex flex-wrap items-center gap-x-3">
            {rule.name} <ModeBadge mode={rule.mode} />
          </span>
        }
        note={
          <>
            <span className="id">{rule.id}</span> · version {rule.version} · <Time at={rule.updatedAt} />
            {rule.updatedBy && (
              <>
                {' '}
                by <span className="id">{rule.updatedBy}</span>
              </>
            )}
          </>
        }
      >
        <Delete rule={rule} />
      </PageHeader>
      <div className="grid gap-4">
        {(rule.proposed || rule.status === 'proposed') && <Proposal rule={rule} />}
        {conflict && (
          <RuleConflict
            {...{ seen, wanted, now: conflict, busy: isPending }}
            onAgain={() => {
              setSeen(conflict);
              setConflict(undefined);
              mutate(conflict.version);
            }}
            onTake={() => {
              reset();
              takeIn(conflict);
            }}
          />
        )}
        {newer && (
          <section role="status" className="flex flex-wrap items-center gap-3 rounded-[10px] bg-info-soft px-4 py-3">
            <p className="flex-1">This rule has changed since you began: it is at version {head.version} by now.</p>
            <Button onClick={() => setConflict(head)}>Show what changed</Button>
          </section>
        )}
        <RuleForm
          id={rule.id}
          draft={draft}
          onChange={(change: Partial<Draft>) => {
            setDraft((before) => ({ ...before, ...change }));
            if (error && !conflict) reset();
          }}
          error={stale ? null : error}
          readOnly={readOnly}
          aside={
            <>
              <RecentHits id={rule.id} />
              <Versions rule={rule} onRestored={() => setConflict(undefined)} />
            </>
          }
          actions={(check) =>
            readOnly ? (
              <p className="text-muted">
                {mayDraft
                  ? 'It is live: changing it asks for the scope policy.'
                  : 'Your key may read rules, not write them.'}
              </p>
            ) : (
              <>
                <Button
                  kind="primary"
                  needs={needs(draft.mode === 'live')}
                  disabled={
                    isPending || !touched || draft.name.trim() === '' || (check !== undefined ? !check.ok : true)
                  }
                  onClick={() => mutate(seen.version)}
                >
                  Save
                </Button>
                <Button disabled={!touched || isPending} onClick={() => takeIn(head)}>
                  Discard
                </Button>
                {touched && <span className="text-xs text-muted">not saved yet</span>}
              </>
            )
          }
        />
      </div>
    </>
  );
}

/** Live where two keys are asked for: in force once another one agrees. */
function Proposal({ rule }: { rule: Rule }) {
  const client = useQueryClient();
  const proposed = headOf(rule);
  const { mutate, isPending } = useMutation({
    mutationFn: () => approveRule(rule.id),
    onSuccess: () => told('Approved: it is in force'),
    onError: (error) => failed('Not approved', error),
    onSettled: () => {
      for (const key of ['rule', 'rules', 'policy']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <section aria-label="Proposal" className="rounded-[10px] border border-review-fill bg-review-soft px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1">
          <span className="font-semibold text-review">Version {proposed.version} is proposed</span>
          {proposed.updatedBy && (
            <>
              {' '}
              by <span className="id">{proposed.updatedBy}</span>
            </>
          )}
          . It is in force once another key approves it.
        </p>
        <Button
          needs={['policy']}
          disabled={isPending}
          icon={<BadgeCheck className="size-4" />}
          onClick={() => mutate()}
        >
          Approve
        </Button>
      </div>
      {rule.proposed && (
        <div className="mt-2">
          <Difference before={rule} after={rule.proposed} />
        </div>
      )}
    </section>
  );
}

function Delete({ rule }: { rule: Rule }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { needs } = useRights();
  const [asked, setAsked] = useState(false);
  const { mutate, isPending } = useMutation({
    mutationFn: () => deleteRule(rule.id),
    onSuccess: () => {
      told('Rule deleted', 'Its versions are kept.');
      client.removeQueries({ queryKey: ['rule', rule.id] });
      for (const key of ['rules', 'policy']) void client.invalidateQueries({ queryKey: [key] });
      void navigate({ to: '/rules' });
    },
    onError: (error) => {
      setAsked(false);
      failed('Not deleted', error);
    },
  });
  return (
    <>
      <Button
        needs={needs(rule.mode === 'live' || rule.proposed?.mode === 'live')}
        icon={<Trash2 className="size-3.5" />}
        onClick={() => setAsked(true)}
      >
        Delete…
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title="Delete this rule?"
        note={`${rule.name} is not evaluated any more. Decisions that it made stay, and so do its versions: restoring the policy brings it back.`}
        action="Delete"
        busy={isPending}
        onConfirm={() => mutate()}
      />
    </>
  );
}
