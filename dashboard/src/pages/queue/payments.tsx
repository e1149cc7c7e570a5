import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { caseTransactionsQuery, type WholeCase } from '../../api/cases.ts';
import { because, count, plural } from '../../lib/format.ts';
import { Money, Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { LabelBadge, OutcomeWord } from '../../ui/outcome.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';

/** Enough to see what they have in common; the rest behind a click, so that what they share stays in sight. */
const FEW = 6;

/** The case's payments, newest first, a page at a time; each is a link to its decision. */
export function Payments({ of }: { of: WholeCase }) {
  const query = useInfiniteQuery(caseTransactionsQuery(of.id));
  const [all, setAll] = useState(false);
  const loaded = query.data?.pages.flatMap(({ data }) => data);
  const rows = all ? loaded : loaded?.slice(0, FEW);
  const more = (loaded?.length ?? 0) > (rows?.length ?? 0);
  return (
    <Panel title="Payments" note={plural(of.transactionCount, 'alert')} flush>
      {query.error && !rows ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : !rows ? (
        <LoadingRows rows={4} />
      ) : (
        <>
          <ul>
            {rows.map((t) => (
              <li key={t.id} className="border-t border-line">
                <Link
                  to="/decisions/$id"
                  params={{ id: t.id }}
                  className="grid grid-cols-[5.5rem_minmax(0,1fr)_auto] items-baseline gap-x-3 px-4 py-1.5 hover:bg-sunken sm:grid-cols-[5.5rem_1.5rem_minmax(0,1fr)_auto_6.5rem]"
                >
                  <OutcomeWord outcome={t.decision} status={t.status} />
                  <span className="num text-right text-muted max-sm:hidden">
                    <span className="sr-only">score </span>
                    {t.score ?? '–'}
                  </span>
                  <span className="min-w-0">
                    <span className="flex min-w-0 items-baseline gap-2">
                      <span className="id truncate">{t.userId}</span>
                      {t.cardId && <span className="id truncate text-muted max-md:hidden">{t.cardId}</span>}
                      {t.label && <LabelBadge label={t.label} />}
                    </span>
                    <span className="block truncate text-xs text-muted" title={because(t)}>
                      {because(t)}
                    </span>
                  </span>
                  <span className="text-right">
                    <Money amount={t.amount} currency={t.currency} strong />
                  </span>
                  <span className="text-right text-xs text-muted max-sm:hidden">
                    <Time at={t.transactionDate} />
                  </span>
                </Link>
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
    </Panel>
  );
}
