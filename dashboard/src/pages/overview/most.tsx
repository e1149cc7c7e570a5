import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Stats } from '../../api/types.ts';
import { count, percent } from '../../lib/format.ts';
import { EntityLink, Panel } from '../../ui/bits.tsx';
import { LoadingBlock } from '../../ui/states.tsx';
import { within } from './figures.tsx';

const SHOWN = 7;

/** The entities that gather most alerts. */
export function TopEntities({ data }: { data: Stats | undefined }) {
  const rows = data?.topEntities.slice(0, SHOWN) ?? [];
  return (
    <Panel title="Most alerts" note="reviews and declines" flush>
      {!data ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Nothing>No device, card, address or person has had an alert.</Nothing>
      ) : (
        <table className="w-full">
          <thead>
            <tr className="text-left text-xs text-muted">
              <th className="w-24 py-1 pl-4 font-medium">Kind</th>
              <th className="py-1 font-medium">Entity</th>
              <th className="px-4 py-1 text-right font-medium">Alerts</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ type, id, alerts: n }) => (
              <tr key={`${type} ${id}`} className="h-8 border-t border-line">
                <td className="pl-4 text-xs text-muted">{type}</td>
                <td className="max-w-0 truncate">
                  <EntityLink type={type} id={id} />
                </td>
                <td className="num w-16 px-4 text-right font-medium">{count(n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** Where payments come from, and how many of them are alerts. */
export function Places({ data }: { data: Stats | undefined }) {
  const rows = data?.places.slice(0, SHOWN) ?? [];
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <Panel title="Places" note="by country of the payment" flush>
      {!data ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Nothing>No payment has said its country.</Nothing>
      ) : (
        <table className="w-full">
          <thead>
            <tr className="text-left text-xs text-muted">
              <th className="py-1 pl-4 font-medium">Country</th>
              <th className="py-1 text-right font-medium">Payments</th>
              <th className="py-1 pr-4 text-right font-medium">Alerts</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ country, alerts: n, count: all }) => (
              <tr key={country} className="h-8 border-t border-line">
                <td className="max-w-0 pl-4">
                  <span className="flex items-center gap-2">
                    <Link
                      to="/transactions"
                      search={{ ...within(data), country }}
                      className="min-w-0 flex-1 truncate hover:underline"
                    >
                      {nameOf(country)}
                    </Link>
                    <span
                      className="h-1 w-14 shrink-0 overflow-hidden rounded-full bg-sunken xl:max-2xl:hidden"
                      aria-hidden="true"
                    >
                      <span className="block h-full rounded-full bg-edge" style={{ width: `${(all / most) * 100}%` }} />
                    </span>
                  </span>
                </td>
                <td className="num w-20 text-right">{count(all)}</td>
                <td className="num w-24 pr-4 text-right font-medium">
                  {count(n)}
                  <span className="ml-1.5 font-normal text-muted">{percent(n / all)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className="px-4 py-10 text-center text-muted">{children}</p>;
}

function Loading() {
  return (
    <div className="px-4 pb-4">
      <LoadingBlock height={200} />
    </div>
  );
}

function nameOf(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}
