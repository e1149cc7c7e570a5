import { Link } from '@tanstack/react-router';
import { Check, ExternalLink, ShieldX, Tag } from 'lucide-react';
import type { Transaction } from '../../api/types.ts';
import { EntityLink, Kbd, Money } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { OutcomeBadge } from '../../ui/outcome.tsx';
import { Past } from '../decision/past.tsx';
import { Why } from '../decision/why.tsx';

interface Props {
  transaction: Transaction;
  busy: boolean;
  onApprove: () => void;
  onDecline: () => void;
  onLabel: () => void;
}

/** All that it takes to decide on the selected one, with the actions always in sight. */
export function Detail({ transaction: t, busy, onApprove, onDecline, onLabel }: Props) {
  const declined = t.decision === 'decline';
  return (
    <section
      aria-label="Selected payment"
      data-details
      className="flex min-h-0 flex-col gap-4 overflow-y-auto overscroll-contain max-lg:hidden"
    >
      <div className="panel sticky top-0 z-10 flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
        <div className="min-w-0">
          <h2 className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
            <Money amount={t.amount} currency={t.currency} />
            {t.decision && <OutcomeBadge outcome={t.decision} />}
            <Link
              to="/decisions/$id"
              params={{ id: t.id }}
              className="flex size-7 items-center justify-center rounded-[7px] text-muted hover:bg-sunken hover:text-ink"
              aria-label="Open the decision"
              title="Open the decision"
            >
              <ExternalLink className="size-4" />
            </Link>
          </h2>
          <p className="mt-0.5 flex min-w-0 items-baseline gap-1.5 text-xs text-muted">
            <EntityLink type="user" id={t.userId} />
            {[t.productCategory, t.customerLocation ?? t.country].filter(Boolean).map((word) => (
              <span key={word} className="whitespace-nowrap">
                · {word}
              </span>
            ))}
          </p>
        </div>
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <Button
            kind="approve"
            needs={['review', 'ingest']}
            disabled={busy}
            icon={<Check className="size-4" />}
            onClick={onApprove}
          >
            {declined ? 'Override…' : 'Approve'} <Kbd>a</Kbd>
          </Button>
          <Button
            kind="decline"
            needs={['review']}
            disabled={busy}
            icon={<ShieldX className="size-4" />}
            onClick={onDecline}
          >
            {declined ? 'Confirm fraud' : 'Decline'} <Kbd>d</Kbd>
          </Button>
          <Button needs={['review']} disabled={busy} icon={<Tag className="size-3.5" />} onClick={onLabel}>
            Label <Kbd>l</Kbd>
          </Button>
        </div>
      </div>
      <Why transaction={t} shown={6} />
      <Past transaction={t} />
    </section>
  );
}
