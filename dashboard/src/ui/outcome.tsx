import type { LabelValue, Outcome, Review, Status, TransactionType } from '../api/types.ts';

/** Each outcome has a colour, a shape and a word: none of them has to do alone. */
export const OUTCOMES: Record<
  Outcome,
  { word: string; past: string; text: string; soft: string; fill: string; css: string }
> = {
  approve: {
    word: 'Approve',
    past: 'Approved',
    text: 'text-approve',
    soft: 'bg-approve-soft',
    fill: 'fill-approve-fill',
    css: 'var(--approve-fill)',
  },
  review: {
    word: 'Review',
    past: 'Review',
    text: 'text-review',
    soft: 'bg-review-soft',
    fill: 'fill-review-fill',
    css: 'var(--review-fill)',
  },
  decline: {
    word: 'Decline',
    past: 'Declined',
    text: 'text-decline',
    soft: 'bg-decline-soft',
    fill: 'fill-decline-fill',
    css: 'var(--decline-fill)',
  },
};

export function OutcomeMark({ outcome, className = 'size-2.5' }: { outcome: Outcome | undefined; className?: string }) {
  return (
    <svg viewBox="0 0 10 10" className={`shrink-0 ${className}`} aria-hidden="true">
      {outcome === 'approve' && <circle cx="5" cy="5" r="4" className="fill-approve-fill" />}
      {outcome === 'review' && <path d="M5 .6 9.6 9H.4z" className="fill-review-fill" />}
      {outcome === 'decline' && <rect x="1" y="1" width="8" height="8" rx="1" className="fill-decline-fill" />}
      {outcome === undefined && <circle cx="5" cy="5" r="3.2" className="fill-none stroke-edge" strokeWidth="1.4" />}
    </svg>
  );
}

export function OutcomeWord({ outcome, status }: { outcome: Outcome | undefined; status?: Status }) {
  if (!outcome)
    return (
      <span className="inline-flex items-center gap-1.5 text-muted">
        <OutcomeMark outcome={undefined} />
        {status === 'failed' ? 'Failed' : 'Deciding'}
      </span>
    );
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${OUTCOMES[outcome].text}`}>
      <OutcomeMark outcome={outcome} />
      {OUTCOMES[outcome].past}
    </span>
  );
}

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { text, soft, past } = OUTCOMES[outcome];
  return (
    <span className={`inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 text-xs font-medium ${text} ${soft}`}>
      <OutcomeMark outcome={outcome} className="size-2" />
      {past}
    </span>
  );
}

export function LabelBadge({ label }: { label: LabelValue }) {
  const tone = label === 'fraud' ? 'bg-decline-soft text-decline' : 'bg-approve-soft text-approve';
  return (
    <span className={`inline-flex h-5 items-center rounded px-1.5 text-2xs font-medium whitespace-nowrap ${tone}`}>
      {label === 'fraud' ? 'Fraud' : 'Legitimate'}
    </span>
  );
}

/** Nothing for payments, which most are. */
export function TypeBadge({ type }: { type: TransactionType }) {
  if (type === 'payment') return null;
  return (
    <span className="inline-flex h-5 items-center rounded bg-sunken px-1.5 text-2xs font-medium whitespace-nowrap text-muted">
      {type}
    </span>
  );
}

const STATUS: Record<Status, string> = {
  processing: 'Processing',
  pending: 'Pending',
  finalized: 'Finalized',
  failed: 'Failed',
};

/** What happens to it: released or cancelled where somebody reviewed it, held where it waits for that. */
export function StatusWord({
  status,
  overridden = false,
  review,
  held = false,
}: {
  status: Status;
  overridden?: boolean;
  review?: Review;
  held?: boolean;
}) {
  const tone = status === 'failed' ? 'text-decline' : status === 'finalized' ? 'text-ink' : 'text-muted';
  const reviewed = review && (review.action === 'release' ? 'Released' : 'Cancelled');
  const word =
    status === 'finalized' && !overridden
      ? STATUS.finalized
      : overridden
        ? 'Overridden'
        : (reviewed ?? (held ? 'Held' : STATUS[status]));
  return <span className={`whitespace-nowrap ${tone}`}>{word}</span>;
}
