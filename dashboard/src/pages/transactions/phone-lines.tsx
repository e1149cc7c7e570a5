import { Link } from '@tanstack/react-router';
import type { Transaction } from '../../api/types.ts';
import { because } from '../../lib/format.ts';
import { MoneyInBase, Time } from '../../ui/bits.tsx';
import { LabelBadge, OutcomeWord, TypeBadge } from '../../ui/outcome.tsx';

/** Payments where a table has no room: nothing that decides is left out, neither score nor time nor reason. */
export function PhoneLines({ rows }: { rows: Transaction[] }) {
  return (
    <ul>
      {rows.map((t) => (
        <li key={t.id} className="border-line not-first:border-t">
          <Link
            to="/decisions/$id"
            params={{ id: t.id }}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 px-4 py-2 hover:bg-sunken"
          >
            <span className="flex items-baseline gap-2">
              <OutcomeWord outcome={t.decision} status={t.status} />
              <span className="num text-xs text-muted">{t.score === undefined ? 'no score' : `score ${t.score}`}</span>
            </span>
            <span className="text-right">
              <MoneyInBase {...t} />
            </span>
            <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
              <span className="id max-w-full truncate">{t.userId}</span>
              <TypeBadge type={t.type} />
              {t.label && <LabelBadge label={t.label} />}
            </span>
            <span className="text-right text-xs text-muted">
              <Time at={t.createdAt} />
            </span>
            {t.decision !== 'approve' && (
              <span className="col-span-full line-clamp-2 text-xs text-muted">{because(t)}</span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  );
}
