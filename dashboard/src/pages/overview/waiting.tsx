import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { caseStatsQuery, worstCasesQuery } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { ago, moneyShort, plural } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel } from '../../ui/bits.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';
import { EntityName, Outcomes } from '../queue/parts.tsx';

const SHOWN = 6;
const counted = () => live.totals().alerts + live.totals().cases;

/** The open cases with most at risk. */
export function Waiting({ className }: { className: string }) {
  const { data, error, refetch } = useQuery(worstCasesQuery(SHOWN));
  const stats = useQuery(caseStatsQuery());
  useLiveRefresh(worstCasesQuery(SHOWN).queryKey, 2_000, counted);
  useLiveRefresh(caseStatsQuery().queryKey, 5_000, counted);
  const base = useBaseCurrency();
  return (
    <Panel
      title="Waiting for review"
      note={stats.data && `${plural(stats.data.open, 'open case')}, most at risk first`}
      className={className}
      flush
      aside={
        <Link to="/queue" className="text-xs font-medium text-muted hover:text-ink hover:underline">
          Open the queue
        </Link>
      }
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={SHOWN} />
      ) : data.data.length === 0 ? (
        <p className="px-4 py-10 text-center text-muted">
          Nothing waits. Reviews and declines gather here, an attack as one case.
        </p>
      ) : (
        <ul className="pb-1">
          {data.data.map((one) => (
            <li key={one.id} className="border-t border-line">
              <Link
                to="/queue"
                search={{ case: one.id }}
                className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 hover:bg-sunken md:grid-cols-[1rem_minmax(0,1fr)_6rem_4.5rem_7rem_5.5rem_5rem]"
              >
                <KindIcon kind={one.entity.type} />
                <span className="flex min-w-0">
                  <span className="sr-only">{one.entity.type}</span>
                  <EntityName entity={one.entity} />
                </span>
                <span className="text-xs text-muted max-md:hidden">
                  <Outcomes {...one} />
                </span>
                <span className="num text-xs text-muted max-md:hidden">score {one.score}</span>
                <span className="truncate text-xs text-muted max-md:hidden">{one.assignee ?? 'with nobody'}</span>
                <span className="num text-right text-xs text-muted max-md:hidden">
                  {ago(new Date(one.openedAt), new Date())}
                </span>
                <span className="num text-right font-medium whitespace-nowrap">
                  {one.amount > 0 && moneyShort(one.amountAtRisk, base)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
