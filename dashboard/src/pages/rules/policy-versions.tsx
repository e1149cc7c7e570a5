import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { type PolicyChange, policyVersionsQuery, restorePolicy } from '../../api/policy.ts';
import { percent, plural } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { usePolicyChange } from './use-policy-change.ts';

/** Who changed what of the whole policy, and the way back. */
export function PolicyVersions({ current }: { current: number }) {
  const pages = useInfiniteQuery(policyVersionsQuery());
  const [asked, setAsked] = useState<number>();
  const rows = pages.data?.pages.flatMap(({ data }) => data) ?? [];
  const { mutate, isPending, error, reset } = usePolicyChange(restorePolicy, 'The policy is restored');
  const close = () => {
    reset();
    setAsked(undefined);
  };
  return (
    <Panel title="Versions" note="of rules, lists’ names, thresholds and control together">
      {pages.error && !pages.data ? (
        <Failed error={pages.error} retry={() => void pages.refetch()} />
      ) : !pages.data ? (
        <LoadingRows rows={4} />
      ) : rows.length === 0 ? (
        <p className="text-muted">Nothing was changed yet: thresholds are the model’s own, and there are no rules.</p>
      ) : (
        <ol>
          {rows.map((row) => (
            <li
              key={row.version}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line py-2 not-first:border-t"
            >
              <span className="num w-8 font-medium">{row.version}</span>
              <span className="min-w-0 flex-1 text-pretty break-words">
                {deed(row)}
                <span className="block text-xs text-muted">
                  <Time at={row.at} />
                  {row.by && (
                    <>
                      {' '}
                      by <span className="id">{row.by}</span>
                    </>
                  )}
                </span>
              </span>
              {row.version === current ? (
                <span className="text-xs text-muted">in force</span>
              ) : (
                <Button
                  small
                  needs={['policy']}
                  icon={<History className="size-3.5" />}
                  aria-label={`Restore policy version ${row.version}`}
                  onClick={() => setAsked(row.version)}
                >
                  Restore…
                </Button>
              )}
            </li>
          ))}
        </ol>
      )}
      {pages.hasNextPage && (
        <Button className="mt-3" small disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          Older versions
        </Button>
      )}
      <Dialog
        open={asked !== undefined}
        onClose={close}
        title={`Restore policy version ${asked ?? ''}?`}
        note="All rules, thresholds and the control share are as they were then, as a new version. Entries of lists stay as they are."
      >
        {asked !== undefined && (
          <p className="text-muted">{plural(current - asked, 'change')} since then would be taken back.</p>
        )}
        {error && (
          <p role="alert" className="mt-3 text-decline">
            {error.message}
          </p>
        )}
        <div className="mt-5 flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button
            kind="primary"
            needs={['policy']}
            disabled={isPending}
            onClick={() => asked !== undefined && mutate(asked, { onSuccess: close })}
          >
            Restore
          </Button>
        </div>
      </Dialog>
    </Panel>
  );
}

const DEEDS: Record<string, string> = {
  create: 'made',
  put: 'changed',
  restore: 'restored',
  delete: 'deleted',
  approve: 'approved',
  propose: 'proposed',
};

/** "Rule card-testing changed" */
function deed({ change }: PolicyChange): string {
  const action = DEEDS[String(change.action)] ?? (change.action === undefined ? 'changed' : String(change.action));
  switch (change.kind) {
    case 'rule':
      return `Rule ${change.ruleId ?? change.id ?? ''} ${action}`;
    case 'list':
      return `List ${change.list} ${action}`;
    case 'thresholds': {
      const { review = null, decline = null } = (change.thresholds ?? {}) as Record<string, number | null>;
      if (review === null && decline === null) return 'Thresholds: the model’s own';
      const words = (share: number | null) => (share === null ? 'the model’s' : percent(share));
      return `Thresholds: review from ${words(review)}, decline from ${words(decline)}`;
    }
    case 'control':
      return `Control share: ${percent(Number((change.control as { share?: number } | undefined)?.share ?? 0))}`;
    case 'restore':
      return `Restored version ${change.restores ?? change.version ?? ''}`;
    default:
      return change.kind;
  }
}
