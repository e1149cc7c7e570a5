import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Users as UsersIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { listCustomers } from '../../api/queries.ts';
import { useBaseCurrency } from '../../api/session.ts';
import type { Customer } from '../../api/types.ts';
import { count, moneyShort, plural } from '../../lib/format.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { EntityLink, PageHeader, Panel, Time } from '../../ui/bits.tsx';
import { ExportButton } from '../../ui/export-button.tsx';
import { LoadOlder } from '../../ui/load-older.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';

const COLUMNS = ['id', 'name', 'email', 'payments', 'amountBase', 'stopped', 'fraud', 'firstAt', 'lastAt'];

/** Everyone who ever paid, registered or not. */
export function Payers({ choice }: { choice: ReactNode }) {
  const { q = '' } = useSearch({ from: '/users' });
  const navigate = useNavigate({ from: '/users' });
  const [text, setText] = useTyped(q, (typed) => navigate({ search: { q: typed || undefined }, replace: true }));
  const pages = useInfiniteQuery({
    queryKey: ['customers', q],
    queryFn: ({ pageParam, signal }) => listCustomers(q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const rows = pages.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <>
      <PageHeader title="Users" note="whoever paid on the latest day first">
        {choice}
        <SearchBox
          label="Search by the beginning of an id"
          placeholder="Beginning of an id"
          value={text}
          width="w-56"
          onChange={setText}
        />
        <ExportButton
          of="customers"
          columns={COLUMNS}
          page={(cursor) => listCustomers(q, cursor)}
          disabled={rows.length === 0}
        />
      </PageHeader>
      <Panel flush className="overflow-hidden">
        {pages.error && !pages.data ? (
          <Failed error={pages.error} retry={() => void pages.refetch()} />
        ) : !pages.data ? (
          <LoadingRows />
        ) : rows.length === 0 ? (
          <Empty icon={<UsersIcon />} title={q ? 'Nobody’s id begins so' : 'Nobody has paid yet'}>
            {q ? 'Names and e-mail addresses are found under Registered.' : 'Whoever a payment names is here at once.'}
          </Empty>
        ) : (
          <Table rows={rows} />
        )}
      </Panel>
      <LoadOlder pages={pages} />
    </>
  );
}

function Table({ rows }: { rows: Customer[] }) {
  const base = useBaseCurrency();
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
            <th className="!pl-4">User</th>
            <th className="text-right">Decisions</th>
            <th className="text-right max-sm:!pr-4">Amount</th>
            <th className="text-right max-sm:hidden">Stopped</th>
            <th className="text-right max-sm:hidden">Fraud</th>
            <th className="!pl-4 max-md:hidden">First</th>
            <th className="!pr-4 max-sm:hidden">Last</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className="h-10 border-t border-line hover:bg-sunken [&_td]:px-2 [&_td]:py-1.5">
              <td className="max-w-64 truncate !pl-4 max-sm:w-full max-sm:max-w-0">
                <EntityLink type="user" id={row.id} className="font-medium" />
                {row.name !== null && (
                  <span className="block truncate text-xs text-muted">
                    {row.name}, {row.email}
                  </span>
                )}
                <span className="block text-xs text-muted sm:hidden">
                  {row.lastAt && <Time at={row.lastAt} />}
                  {row.stopped > 0 && ` · ${count(row.stopped)} stopped`}
                  {row.fraud > 0 && ` · ${count(row.fraud)} fraud`}
                </span>
              </td>
              <td className="num text-right" title={row.more ? 'More than are counted here' : undefined}>
                {count(row.payments)}
                {row.more && '+'}
              </td>
              <td
                className="num text-right max-sm:!pr-4"
                title={row.more ? `Of the newest ${plural(row.payments, 'payment')}` : undefined}
              >
                {moneyShort(row.amountBase, base)}
              </td>
              <td className="num text-right text-muted max-sm:hidden">{row.stopped > 0 ? count(row.stopped) : '–'}</td>
              <td
                className={`num text-right max-sm:hidden ${row.fraud > 0 ? 'font-medium text-decline' : 'text-muted'}`}
              >
                {row.fraud > 0 ? count(row.fraud) : '–'}
              </td>
              <td className="!pl-4 text-xs text-muted max-md:hidden">
                {row.more ? (
                  <span title="Longer ago than is counted here">earlier</span>
                ) : (
                  row.firstAt && <Time at={row.firstAt} />
                )}
              </td>
              <td className="!pr-4 text-xs text-muted max-sm:hidden">{row.lastAt && <Time at={row.lastAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
