import type { Transaction } from '../../api/types.ts';
import { capital } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { LabelBadge } from '../../ui/outcome.tsx';

/** Who said what it turned out to be. */
export function Labels({ transaction: { labels = [], effective } }: { transaction: Transaction }) {
  if (labels.length === 0) return null;
  const newest = [...labels].reverse();
  return (
    <Panel title="Labels" note={effective && labels.length > 1 ? `in force: ${effective.source}` : undefined}>
      <ul className="grid gap-2.5">
        {newest.map(({ id, label, source, note, occurredAt, recordedAt }) => (
          <li key={id}>
            <p className="flex items-baseline gap-2">
              {label === 'none' ? <span className="text-muted">withdrawn</span> : <LabelBadge label={label} />}
              <span>{capital(source)}</span>
              <span className="ml-auto text-xs text-muted">
                <Time at={occurredAt ?? recordedAt} />
              </span>
            </p>
            {note && <p className="mt-0.5 border-l-2 border-line pl-2.5 break-words text-muted">{note}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
