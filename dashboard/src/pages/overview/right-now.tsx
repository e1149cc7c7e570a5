import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { listTransactions } from '../../api/queries.ts';
import { Spark } from '../../charts/spark.tsx';
import { live, useLiveVersion } from '../../live/live.ts';
import type { FeedRow } from '../../live/ring.ts';
import { Money, Panel, Time } from '../../ui/bits.tsx';
import { OutcomeMark, TypeBadge } from '../../ui/outcome.tsx';

const SHOWN = 6;

/** The last minute by the second, and the newest decisions under it. */
export function RightNow() {
  const version = useLiveVersion();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  useSeed(SHOWN);
  const seconds = live.lastSeconds();
  const rows = live.rows();
  const newest: FeedRow[] = [];
  for (let i = rows.length - 1; i >= 0 && newest.length < SHOWN; i--) {
    const row = rows[i];
    if (row.kind === 'decision') newest.push(row);
  }
  const recent = seconds.slice(-5).reduce((sum, s) => sum + s.approve + s.review + s.decline, 0) / 5;
  return (
    <Panel
      title="Right now"
      aside={
        <span className="num text-xs text-muted">
          <span className="font-medium text-ink">{recent < 10 ? recent.toFixed(1) : Math.round(recent)}</span> a second
        </span>
      }
      flush
    >
      <div className="px-4 pt-1 pb-2" data-version={version}>
        <Spark seconds={seconds} />
      </div>
      {newest.length === 0 ? (
        <p className="px-4 pt-6 pb-8 text-center text-muted">Decisions appear here as they are made.</p>
      ) : (
        <ul>
          {newest.map((row) => (
            <li key={row.id} className="border-t border-line">
              <Link
                to="/decisions/$id"
                params={{ id: row.id }}
                preload={false}
                className="flex h-8 items-center gap-2.5 px-4 hover:bg-sunken"
              >
                <OutcomeMark outcome={row.decision} />
                <span className="sr-only">{row.decision}</span>
                <span className="id min-w-0 flex-1 truncate">{row.userId}</span>
                <TypeBadge type={row.type} />
                {row.amount !== null && <Money amount={row.amount} currency={row.currency} />}
                <span className="w-16 text-right text-xs text-muted max-sm:hidden">
                  <Time at={row.at} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What was decided before this page was opened: asked for once, and put in front of what came since. */
export function useSeed(rows: number): void {
  const { data } = useQuery({
    queryKey: ['seed', rows],
    queryFn: ({ signal }) => listTransactions({}, undefined, rows, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (data) live.seed(data.data);
  }, [data]);
}
