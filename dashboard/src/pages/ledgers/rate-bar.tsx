/** A share as ledgers tell it: three significant figures, for some limits are 0.005%. */
export function rateText(share: number | null): string {
  return share === null ? '–' : `${Number((share * 100).toPrecision(3))}%`;
}

const FILLS = { good: 'bg-approve-fill', near: 'bg-review-fill', bad: 'bg-decline-fill', none: 'bg-faint' } as const;
export type Tone = keyof typeof FILLS;
const TEXTS: Record<Tone, string> = {
  good: 'bg-approve-soft text-approve',
  near: 'bg-review-soft text-review',
  bad: 'bg-decline-soft text-decline',
  none: 'bg-sunken text-muted',
};

/** The rate against its limit, which stands in the middle: a bar that passes it is over, one at the end twice as much or more. */
export function RateBar({ rate, limit, tone }: { rate: number | null; limit: number | null; tone: Tone }) {
  const width = rate === null || !limit ? 0 : Math.min(100, (rate / limit) * 50);
  return (
    <div
      role="img"
      aria-label={limit === null ? 'No limit' : `Rate ${rateText(rate)} against the limit of ${rateText(limit)}`}
      className="relative h-5 w-full min-w-24"
    >
      <div className="absolute inset-x-0 top-1.5 h-2 overflow-hidden rounded-full bg-sunken">
        <div className={`h-full ${FILLS[tone]}`} style={{ width: `${rate ? Math.max(width, 1) : 0}%` }} />
      </div>
      {limit !== null && <div className="absolute top-0 left-1/2 h-5 w-0.5 -translate-x-1/2 rounded-full bg-ink" />}
    </div>
  );
}

export function StateBadge({ tone, children, title }: { tone: Tone; children: string; title?: string }) {
  return (
    <span
      title={title}
      className={`inline-flex h-5 items-center rounded-full px-2 text-2xs font-medium whitespace-nowrap ${TEXTS[tone]}`}
    >
      {children}
    </span>
  );
}
