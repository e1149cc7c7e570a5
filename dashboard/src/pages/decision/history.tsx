import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { historyQuery } from '../../api/queries.ts';
import type { Happening, LabelValue, Outcome, Transaction } from '../../api/types.ts';
import { capital } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { LabelBadge, OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';

/** What has happened to it, oldest first, and who did it. */
export function History({ transaction: { id } }: { transaction: Transaction }) {
  const { data, error, refetch } = useQuery(historyQuery(id));
  useLiveRefresh(['history', id], 2_000, () => live.totals().changes);
  return (
    <Panel title="History">
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={60} />
      ) : (
        <ol className="flex flex-col gap-3">
          {data.data.map((happening) => (
            <li
              key={`${happening.at} ${happening.type}`}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3"
            >
              <span>
                {words(happening)}
                {happening.byName && <span className="text-muted"> · {happening.byName}</span>}
              </span>
              <span className="text-xs text-muted">
                <Time at={happening.at} />
              </span>
              {wordsOf(happening) && (
                <p className="col-span-2 mt-0.5 border-l-2 border-line pl-2.5 break-words text-muted">
                  {wordsOf(happening)}
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** What was written with it: the reason of an override, the note of a label. */
const wordsOf = ({ detail }: Happening): string | undefined => {
  const words = detail?.reason ?? detail?.note;
  return typeof words === 'string' && words !== '' ? words : undefined;
};

const PLAIN: Record<string, string> = {
  received: 'Taken in',
  finalized: 'Finalized',
  overridden: 'Finalized by an override',
  amended: 'Amended',
};

function words({ type, detail }: Happening): ReactNode {
  const outcome = detail?.decision as Outcome | undefined;
  if (type === 'decided' && outcome && OUTCOMES[outcome])
    return (
      <span className="inline-flex items-center gap-1.5">
        <OutcomeMark outcome={outcome} />
        {outcome === 'review' ? 'Sent to review' : OUTCOMES[outcome].past} with score {String(detail?.score)}
      </span>
    );
  if (type === 'labelled' && detail)
    return (
      <span className="inline-flex flex-wrap items-center gap-1.5">
        Labelled <LabelBadge label={detail.label as LabelValue} /> by {String(detail.source)}
        {typeof detail.caseId === 'string' && <span className="text-muted">with its case</span>}
      </span>
    );
  if (type === 'alerted' && typeof detail?.caseId === 'string')
    return (
      <>
        Alert in{' '}
        <Link to="/queue" search={{ case: detail.caseId }} className="underline decoration-faint underline-offset-3">
          its case
        </Link>
      </>
    );
  return PLAIN[type] ?? capital(type.replaceAll('.', ' '));
}
