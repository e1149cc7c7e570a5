import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { findTransaction, listTransactions, type TransactionFilter, totalQuery } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { because, count, latency } from '../../lib/format.ts';
import { isHeld } from '../../lib/life-words.ts';
import { useNarrow } from '../../lib/use-narrow.ts';
import { MoneyInBase, PageHeader, Panel, Score, Time } from '../../ui/bits.tsx';
import { ExportButton } from '../../ui/export-button.tsx';
import { LoadOlder } from '../../ui/load-older.tsx';
import { LabelBadge, OutcomeWord, StatusWord, TypeBadge } from '../../ui/outcome.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { COLUMNS } from './columns.ts';
import { Chips, Filters } from './filters.tsx';
import { PhoneLines } from './phone-lines.tsx';
import { SavedViews } from './saved-views.tsx';

export function Transactions() {
  const search = useSearch({ from: '/transactions' });
  const { q, ...rest } = search;
  const filter: TransactionFilter = { ...rest, userId: q, from: instant(rest.from), to: instant(rest.to) };
  const pages = useInfiniteQuery({
    queryKey: ['transactions', filter],
    queryFn: ({ pageParam, signal }) => listTransactions(filter, pageParam, 50, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const listed = pages.data?.pages.flatMap(({ data }) => data) ?? [];
  // What was typed may be the id of a payment where no user has it.
  const exact = useQuery({
    queryKey: ['transaction or nothing', q],
    queryFn: async ({ signal }) => (await findTransaction(q!, signal)) ?? null,
    enabled: q !== undefined && pages.data !== undefined && listed.length === 0,
  });
  const rows = listed.length === 0 && exact.data ? [exact.data] : listed;
  const filtered = Object.values(search).some((value) => value !== undefined);
  const total = useQuery({ ...totalQuery(filter), enabled: filtered });

  return (
    <>
      <PageHeader title="Transactions">
        <ExportButton
          of="transactions"
          columns={COLUMNS}
          page={(cursor) => listTransactions(filter, cursor, 200)}
          disabled={rows.length === 0}
        />
      </PageHeader>
      <Filters search={search}>
        <SavedViews search={search} />
      </Filters>
      {filtered && (
        <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="num font-medium" aria-live="polite">
            {total.data && howMany(exact.data ? { count: 1, more: false } : total.data)}
          </p>
          <Chips search={search} />
        </div>
      )}
      <Panel flush className="overflow-hidden">
        {pages.error && !pages.data ? (
          <Failed error={pages.error} retry={() => void pages.refetch()} />
        ) : !pages.data || exact.isLoading ? (
          <LoadingRows rows={12} />
        ) : rows.length === 0 ? (
          <Empty title={filtered ? 'No transaction fits the filters' : 'No transaction yet'}>
            {!filtered
              ? 'They appear here as they are decided.'
              : pages.hasNextPage
                ? 'None of the newest that were looked at; older ones have not been looked at yet.'
                : 'Widen or clear them.'}
          </Empty>
        ) : (
          <Lines rows={rows} />
        )}
      </Panel>
      <LoadOlder pages={pages} />
    </>
  );
}

/** Only so many are looked at, and none are counted beyond. */
function howMany({ count: n, more }: { count: number; more: boolean }): string {
  return `${more ? 'At least ' : ''}${count(n)} ${n === 1 && !more ? 'transaction' : 'transactions'}`;
}

/** A day as picked in the reader's own zone. */
function instant(local: string | undefined): string | undefined {
  if (!local) return undefined;
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const Lines = ({ rows }: { rows: Transaction[] }) => (useNarrow() ? <PhoneLines rows={rows} /> : <Table rows={rows} />);

function Table({ rows }: { rows: Transaction[] }) {
  const navigate = useNavigate();
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium [&_th]:whitespace-nowrap">
            <th className="!pl-4">Decided</th>
            <th>Decision</th>
            <th>Score</th>
            <th className="!text-right">Amount</th>
            <th>User</th>
            <th className="max-lg:hidden xl:max-2xl:hidden">Category</th>
            <th className="max-xl:hidden">Where</th>
            <th className="max-xl:hidden">Reason</th>
            <th>Status</th>
            <th className="!pr-4 !text-right max-xl:hidden">Latency</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((t) => (
            <tr
              key={t.id}
              className="h-9 cursor-pointer border-t border-line hover:bg-sunken [&_td]:px-2"
              onClick={() => void navigate({ to: '/decisions/$id', params: { id: t.id } })}
            >
              <td className="!pl-4 text-xs text-muted">
                <Time at={t.createdAt} />
              </td>
              <td>
                <OutcomeWord outcome={t.decision} status={t.status} />
              </td>
              <td>
                <Score score={t.score} outcome={t.decision} />
              </td>
              <td className="text-right">
                <MoneyInBase {...t} />
              </td>
              <td className="max-w-40 truncate">
                <a
                  href={`/decisions/${encodeURIComponent(t.id)}`}
                  className="id hover:underline"
                  title={`${t.userId}, ${t.type} ${t.id}`}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return event.stopPropagation();
                    event.preventDefault();
                  }}
                >
                  {t.userId}
                </a>{' '}
                <TypeBadge type={t.type} />
              </td>
              <td className="truncate text-muted max-lg:hidden xl:max-2xl:hidden">{t.productCategory ?? '–'}</td>
              <td className="max-w-36 truncate text-muted max-xl:hidden">
                {[t.customerLocation, t.country].filter(Boolean).join(', ') || '–'}
              </td>
              <td className="w-full max-w-0 truncate text-muted max-xl:hidden" title={because(t)}>
                {t.decision === 'approve' ? '' : because(t)}
              </td>
              <td>
                <span className="inline-flex items-center gap-2">
                  <StatusWord {...t} held={isHeld(t)} />
                  {t.label && <LabelBadge label={t.label} />}
                </span>
              </td>
              <td className="num !pr-4 text-right text-xs whitespace-nowrap text-muted max-xl:hidden">
                {latency(t.latencyMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
