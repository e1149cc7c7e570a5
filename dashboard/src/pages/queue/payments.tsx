import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { caseTransactionsQuery, type WholeCase } from '../../api/cases.ts';
import { lacking, useSession } from '../../api/session.ts';
import type { Transaction } from '../../api/types.ts';
import { because, capital, count, plural } from '../../lib/format.ts';
import { useHotkeys } from '../../lib/hotkeys.ts';
import { isHeld, oneOf, stands } from '../../lib/life-words.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { MoneyInBase, Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { LabelBadge, OutcomeWord, TypeBadge } from '../../ui/outcome.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { ReviewButtons, ReviewDialog, type Reviewing } from '../decision/review.tsx';

/** Enough to see what they have in common; the rest behind a click, so that what they share stays in sight. */
const FEW = 6;

/** The case's payments, newest first, a page at a time; each is a link to its decision, and what is held can be released. */
export function Payments({
  of,
  left,
  onLeave,
}: {
  of: WholeCase;
  /** Those that a resolution leaves out. */
  left: ReadonlySet<string>;
  /** Leaves one out, or takes it in again; undefined where nothing is to be resolved. */
  onLeave: ((payment: string) => void) | undefined;
}) {
  const options = caseTransactionsQuery(of.id);
  const query = useInfiniteQuery(options);
  useLiveRefresh(options.queryKey, 1_500, () => live.totals().alerts);
  const [all, setAll] = useState(false);
  const [reviewing, setReviewing] = useState<Reviewing>();
  const may = lacking(useSession(), ['review']).length === 0;
  const { loaded, arrived, take } = useStill(query.data?.pages.flatMap(({ data }) => data));
  const rows = all ? loaded : loaded?.slice(0, FEW);
  const more = (loaded?.length ?? 0) > (rows?.length ?? 0);
  /** The one that has the focus, else the first that is held. */
  const review = (action: Reviewing['action']) => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-payment]')?.dataset.payment;
    const found = rows?.find((t) => isHeld(t) && (focused === undefined || t.id === focused));
    if (may && found) setReviewing({ action, of: found });
  };
  /** Only the one that has the focus: with none, the first has it then, and nothing is left out unseen. */
  const leave = () => {
    const row = document.activeElement?.closest<HTMLElement>('[data-payment]');
    const focused = row?.dataset.payment;
    if (focused !== undefined) onLeave?.(focused);
    else document.querySelector<HTMLElement>('[data-payment] a')?.focus();
  };
  useHotkeys({ o: () => review('release'), x: () => review('cancel'), e: leave });
  return (
    <Panel
      title={capital(`${oneOf(of.transactions)}s`)}
      note={plural(of.transactionCount, 'alert')}
      aside={
        arrived > 0 && (
          <Button small onClick={take}>
            Show {count(arrived)} new
          </Button>
        )
      }
      flush
    >
      {query.error && !rows ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : !rows ? (
        <LoadingRows rows={4} />
      ) : (
        <>
          <ul>
            {rows.map((t) => (
              <li
                key={t.id}
                data-payment={t.id}
                className={`relative border-t border-line ${left.has(t.id) ? 'bg-review-soft' : ''}`}
              >
                {onLeave && <Taken of={t} left={left.has(t.id)} onChange={() => onLeave(t.id)} />}
                <Link
                  to="/decisions/$id"
                  params={{ id: t.id }}
                  className={`grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 py-1.5 pr-4 hover:bg-sunken sm:grid-cols-[5.5rem_1.5rem_minmax(0,1fr)_auto_6.5rem] ${onLeave ? 'pl-11' : 'pl-4'}`}
                >
                  <span className="flex items-baseline gap-2">
                    <OutcomeWord outcome={t.decision} status={t.status} />
                    <span className="num text-xs text-muted sm:hidden">score {t.score ?? '–'}</span>
                  </span>
                  <span className="num text-right text-muted max-sm:hidden">
                    <span className="sr-only">score </span>
                    {t.score ?? '–'}
                  </span>
                  <span className="flex min-w-0 items-baseline gap-x-2 max-sm:order-1 max-sm:flex-wrap">
                    <span className="id max-w-full truncate">{t.userId}</span>
                    {t.cardId && <span className="id truncate text-muted max-md:hidden">{t.cardId}</span>}
                    <TypeBadge type={t.type} />
                    {t.label && <LabelBadge label={t.label} />}
                    <Fate of={t} />
                    {left.has(t.id) && <span className="text-xs whitespace-nowrap text-review">left out</span>}
                  </span>
                  <span className="text-right">
                    <MoneyInBase {...t} />
                  </span>
                  <span className="text-right text-xs text-muted max-sm:order-1">
                    <Time at={t.transactionDate} />
                  </span>
                  <span
                    className="col-span-full line-clamp-2 text-xs text-muted max-sm:order-1 sm:col-start-3 sm:line-clamp-1"
                    title={because(t)}
                  >
                    {because(t)}
                  </span>
                </Link>
                {isHeld(t) && (
                  <p
                    className={`flex flex-wrap items-center gap-2 px-4 pb-2 ${onLeave ? 'pl-11' : ''} sm:pl-[8.75rem]`}
                  >
                    <span className="text-xs text-muted">It is held:</span>
                    <ReviewButtons small of={t.userId} onPick={(action) => setReviewing({ action, of: t })} />
                  </p>
                )}
              </li>
            ))}
          </ul>
          {(more || query.hasNextPage) && (
            <div className="border-t border-line px-4 py-2.5 text-center">
              <Button
                small
                disabled={query.isFetchingNextPage}
                onClick={() => (more ? setAll(true) : void query.fetchNextPage())}
              >
                {query.isFetchingNextPage ? 'Loading…' : `Show more of ${count(of.transactionCount)}`}
              </Button>
            </div>
          )}
        </>
      )}
      <ReviewDialog reviewing={reviewing} onClose={() => setReviewing(undefined)} />
    </Panel>
  );
}

/**
 * What waits, or waited, for a person comes before the rest, and the newest first of each; it stays so under the reader's hands:
 * what joins is told, and shown when that is asked. What was asked for by a page comes after the others.
 */
function useStill(fresh: Transaction[] | undefined) {
  const [order, setOrder] = useState<readonly string[]>();
  const known = new Map(fresh?.map((t) => [t.id, t]));
  const sorted = fresh?.toSorted((a, b) => Number(wasHeld(b)) - Number(wasHeld(a)) || paidAt(b) - paidAt(a));
  const listed = new Set(order);
  const rest = order && sorted?.filter(({ id }) => !listed.has(id));
  // Older than all that is listed: a page that was asked for.
  const oldest = Math.min(...(order ?? []).flatMap((id) => known.get(id)?.createdAt ?? []).map(Date.parse));
  const older = rest?.filter(({ createdAt }) => Date.parse(createdAt) <= oldest) ?? [];
  const still = order && [...order.flatMap((id) => known.get(id) ?? []), ...older];
  if (sorted && (order === undefined || older.length > 0)) setOrder((still ?? sorted).map(({ id }) => id));
  return {
    loaded: fresh && (still ?? sorted),
    arrived: (rest?.length ?? 0) - older.length,
    take: () => setOrder(sorted?.map(({ id }) => id)),
  };
}

const paidAt = ({ transactionDate }: Transaction): number => Date.parse(transactionDate);

/** Whether the resolution takes it in. */
function Taken({ of, left, onChange }: { of: Transaction; left: boolean; onChange: () => void }) {
  return (
    <label
      className="absolute top-0 left-0 flex h-9 w-11 cursor-pointer items-center justify-center"
      title="In the resolution"
    >
      <input
        type="checkbox"
        checked={!left}
        onChange={onChange}
        aria-label={`The ${of.type} of ${of.userId} is in the resolution`}
        className="size-3.5 accent-(--accent)"
      />
    </label>
  );
}

const wasHeld = ({ decision }: Transaction) => decision === 'review';

/** What happened to it, where somebody reviewed it, and whether it is disputed. */
function Fate({ of: { review, disputes } }: { of: Transaction }) {
  const words = [
    review && (review.action === 'release' ? 'released' : 'cancelled'),
    disputes?.some(stands) && 'disputed',
  ].filter(Boolean);
  return words.length === 0 ? null : <span className="text-xs whitespace-nowrap text-muted">{words.join(', ')}</span>;
}
