import { useQuery } from '@tanstack/react-query';
import { type AuditEntry, auditQuery } from '../../api/audit.ts';
import { lacking, useSession } from '../../api/session.ts';
import type { Transaction } from '../../api/types.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { useCaseId } from './case-of.tsx';

/** Every command on the payment and its case, refused ones too, for those who may see who did what. */
export function Audit({ transaction: { id } }: { transaction: Transaction }) {
  const session = useSession();
  return lacking(session, ['admin']).length > 0 ? null : <Trail id={id} />;
}

function Trail({ id }: { id: string }) {
  const options = auditQuery(id, useCaseId(id));
  const { data, error, refetch } = useQuery(options);
  useLiveRefresh(options.queryKey, 2_000, () => live.totals().changes + live.totals().cases);
  return (
    <Panel title="Audit trail" note="commands, refused ones too" flush={data !== undefined && data.length > 0}>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={60} />
      ) : data.length === 0 ? (
        <p className="text-muted">Nobody has done anything to it yet.</p>
      ) : (
        <ul>
          {data.map((entry) => (
            <li key={entry.sequence} className="border-t border-line px-4 py-2">
              <p className="flex items-baseline gap-2">
                <span className="id">{entry.type}</span>
                {entry.status >= 400 && (
                  <span className="rounded bg-review-soft px-1.5 text-2xs font-medium text-review">
                    refused: {entry.code ?? entry.status}
                  </span>
                )}
                <span className="ml-auto text-xs text-muted">
                  <Time at={entry.at} />
                </span>
              </p>
              <p className="mt-0.5 text-xs break-words text-muted">
                {[entry.byName ?? entry.by ?? 'without a key', particulars(entry.detail)].filter(Boolean).join(' · ')}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What the command said: "fraud, analyst, Known thief". */
function particulars(detail: AuditEntry['detail']): string {
  return Object.entries(detail ?? {})
    .filter(([name]) => name !== 'caseId')
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(', ');
}
