import type { ReactNode } from 'react';
import type { Transaction } from '../../api/types.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { LabelBadge, OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';

/** What has happened to it, oldest first. */
export function History({ transaction: t }: { transaction: Transaction }) {
  const entries: { key: string; at: string; what: ReactNode; note?: string }[] = [];
  if (t.decision)
    entries.push({
      key: 'decided',
      at: t.createdAt,
      what: (
        <span className="inline-flex items-center gap-1.5">
          <OutcomeMark outcome={t.decision} />{' '}
          {OUTCOMES[t.decision].past === 'Review' ? 'Sent to review' : OUTCOMES[t.decision].past} with score {t.score}
        </span>
      ),
    });
  for (const label of t.labels ?? [])
    entries.push({
      key: label.id,
      at: label.recordedAt,
      what: (
        <span className="inline-flex flex-wrap items-center gap-1.5">
          Labelled <LabelBadge label={label.label} /> by {label.source}
        </span>
      ),
      note: label.note,
    });
  if (t.finalizedAt)
    entries.push({ key: 'final', at: t.finalizedAt, what: t.overridden ? 'Finalized by an override' : 'Finalized' });
  if (t.updatedAt) entries.push({ key: 'amended', at: t.updatedAt, what: 'Amended' });
  entries.sort((a, b) => a.at.localeCompare(b.at));
  return (
    <Panel title="History">
      {entries.length === 0 ? (
        <p className="text-muted">Nothing yet.</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {entries.map(({ key, at, what, note }) => (
            <li key={key} className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3">
              <span>{what}</span>
              <span className="text-xs text-muted">
                <Time at={at} />
              </span>
              {note && <p className="col-span-2 mt-0.5 border-l-2 border-line pl-2.5 text-muted">{note}</p>}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
