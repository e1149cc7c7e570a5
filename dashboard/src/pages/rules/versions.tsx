import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import { type Rule, type RuleVersion, restoreRule, ruleVersionsQuery } from '../../api/policy.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { Difference } from './difference.tsx';
import { ModeBadge } from './mode-badge.tsx';
import { useRights } from './rights.ts';

const SHOWN = 8;

/** Every version of the rule: what each changed, and the way back to it. */
export function Versions({ rule, onRestored }: { rule: Rule; onRestored: () => void }) {
  const { data, error, refetch } = useQuery(ruleVersionsQuery(rule.id));
  const [all, setAll] = useState(false);
  const [asked, setAsked] = useState<RuleVersion>();
  const versions = data?.data ?? [];
  const shown = all ? versions : versions.slice(0, SHOWN);
  return (
    <Panel title="Versions" note="the newest first">
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={2} />
      ) : (
        <ol>
          {shown.map((version, i) => (
            <Version
              key={version.version}
              version={version}
              before={versions[i + 1]}
              current={version.version === rule.version}
              proposed={version.version === rule.proposed?.version || (rule.status === 'proposed' && i === 0)}
              onRestore={() => setAsked(version)}
            />
          ))}
        </ol>
      )}
      {versions.length > shown.length && (
        <Button small kind="quiet" className="mt-2" onClick={() => setAll(true)}>
          All {versions.length} versions
        </Button>
      )}
      <RestoreDialog rule={rule} version={asked} onClose={() => setAsked(undefined)} onRestored={onRestored} />
    </Panel>
  );
}

interface VersionProps {
  version: RuleVersion;
  before: RuleVersion | undefined;
  current: boolean;
  proposed: boolean;
  onRestore: () => void;
}

function Version({ version, before, current, proposed, onRestore }: VersionProps) {
  const { needs } = useRights();
  return (
    <li className="border-line py-2 not-first:border-t">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="num font-medium">{version.version}</span>
        <ModeBadge mode={version.mode} />
        {current && !proposed && <span className="text-xs text-muted">in force</span>}
        {proposed && <span className="text-xs font-medium text-review">proposed</span>}
        <span className="text-xs text-muted">
          <Time at={version.updatedAt} />
          {version.updatedBy && (
            <>
              {' '}
              by <span className="id">{version.updatedBy}</span>
            </>
          )}
        </span>
        {!current && !proposed && (
          <Button
            small
            className="ml-auto"
            needs={needs(version.mode === 'live')}
            icon={<History className="size-3.5" />}
            aria-label={`Restore version ${version.version}`}
            onClick={onRestore}
          >
            Restore…
          </Button>
        )}
      </div>
      {before ? (
        <details className="mt-1">
          <summary className="w-fit rounded text-xs text-muted hover:text-ink">What it changed</summary>
          <div className="mt-2">
            <Difference before={before} after={version} />
          </div>
        </details>
      ) : (
        <p className="mt-1 text-xs text-muted">The first one.</p>
      )}
    </li>
  );
}

interface RestoreProps {
  rule: Rule;
  version: RuleVersion | undefined;
  onClose: () => void;
  onRestored: () => void;
}

function RestoreDialog({ rule, version, onClose, onRestored }: RestoreProps) {
  const client = useQueryClient();
  const { needs } = useRights();
  const { mutate, isPending } = useMutation({
    mutationFn: (one: RuleVersion) => restoreRule(rule.id, one.version),
    onSuccess: (now, one) => {
      told(
        `Version ${one.version} is back`,
        now.proposed ? 'As a proposal: another key approves it.' : `As version ${now.version}.`,
      );
      onRestored();
      onClose();
    },
    onError: (error) => failed('Not restored', error),
    onSettled: () => {
      for (const key of ['rule', 'rules', 'policy']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <Dialog
      open={version !== undefined}
      onClose={onClose}
      wide
      title={`Restore version ${version?.version ?? ''}?`}
      note="It becomes a new version with the content of the old one. Nothing of what is kept is lost."
    >
      {version && <Difference before={rule.proposed ?? rule} after={version} />}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          needs={needs(rule.mode === 'live' || version?.mode === 'live')}
          disabled={isPending}
          onClick={() => version && mutate(version)}
        >
          Restore
        </Button>
      </div>
    </Dialog>
  );
}
