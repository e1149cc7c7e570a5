import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Download, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { deleteTransaction, findTransaction, listTransactions, type TransactionFilter } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { count, latency, money } from '../../lib/format.ts';
import { Money, PageHeader, Panel, Score, Time } from '../../ui/bits.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { LabelBadge, OutcomeWord, StatusWord } from '../../ui/outcome.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { refreshAfter } from '../decision/resolve.ts';
import { EditDialog } from './edit.tsx';
import { exportTransactions } from './export.ts';
import { Filters } from './filters.tsx';

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
  const [exporting, setExporting] = useState<number>();
  const filtered = Object.values(search).some((value) => value !== undefined);

  async function save(): Promise<void> {
    setExporting(0);
    try {
      const saved = await exportTransactions(filter, setExporting);
      told(
        'Exported',
        `${count(saved.rows)} transactions${saved.more ? ', the newest ones; narrow the filters for the rest' : ''}`,
      );
    } catch (error) {
      failed('Not exported', error);
    } finally {
      setExporting(undefined);
    }
  }

  return (
    <>
      <PageHeader title="Transactions">
        <Button
          icon={<Download className="size-3.5" />}
          disabled={exporting !== undefined || rows.length === 0}
          onClick={() => void save()}
        >
          {exporting === undefined ? 'Export CSV' : `Exporting ${count(exporting)}…`}
        </Button>
      </PageHeader>
      <Filters search={search} />
      <Panel flush className="overflow-hidden">
        {pages.error && !pages.data ? (
          <Failed error={pages.error} retry={() => void pages.refetch()} />
        ) : !pages.data || exact.isLoading ? (
          <LoadingRows rows={12} />
        ) : rows.length === 0 ? (
          <Empty title={filtered ? 'No transaction fits the filters' : 'No transaction yet'}>
            {filtered ? 'Widen or clear them.' : 'They appear here as they are decided.'}
          </Empty>
        ) : (
          <Table rows={rows} />
        )}
      </Panel>
      {pages.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {pages.isFetchingNextPage ? 'Loading…' : 'Load older'}
          </Button>
        </div>
      )}
    </>
  );
}

/** A day as picked in the reader's own zone. */
function instant(local: string | undefined): string | undefined {
  if (!local) return undefined;
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function Table({ rows }: { rows: Transaction[] }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [edited, setEdited] = useState<Transaction>();
  const [doomed, setDoomed] = useState<Transaction>();
  const [busy, setBusy] = useState(false);

  async function remove({ id }: Transaction): Promise<void> {
    setBusy(true);
    try {
      await deleteTransaction(id);
      told('Deleted');
    } catch (error) {
      failed('Not deleted', error);
    } finally {
      setBusy(false);
      setDoomed(undefined);
      refreshAfter(client, id);
      void client.invalidateQueries({ queryKey: ['transaction or nothing'] });
    }
  }

  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium [&_th]:whitespace-nowrap">
            <th className="!pl-4 max-sm:hidden">Decided</th>
            <th className="max-sm:!pl-4">Decision</th>
            <th className="max-sm:hidden">Score</th>
            <th className="!text-right">Amount</th>
            <th>User</th>
            <th className="max-lg:hidden">Category</th>
            <th className="max-xl:hidden">Where</th>
            <th className="max-md:hidden">Status</th>
            <th className="!text-right max-xl:hidden">Latency</th>
            <th className="!pr-4 max-sm:hidden">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((t) => (
            <tr
              key={t.id}
              className="h-9 cursor-pointer border-t border-line hover:bg-sunken [&_td]:px-2"
              onClick={() => void navigate({ to: '/decisions/$id', params: { id: t.id } })}
            >
              <td className="!pl-4 text-xs text-muted max-sm:hidden">
                <Time at={t.createdAt} />
              </td>
              <td className="max-sm:!pl-4">
                <OutcomeWord outcome={t.decision} status={t.status} />
              </td>
              <td className="max-sm:hidden">
                <Score score={t.score} outcome={t.decision} />
              </td>
              <td className="text-right">
                <Money amount={t.amount} currency={t.currency} strong />
              </td>
              <td className="max-w-40 truncate">
                <a
                  href={`/decisions/${encodeURIComponent(t.id)}`}
                  className="id hover:underline"
                  title={`${t.userId}, payment ${t.id}`}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return event.stopPropagation();
                    event.preventDefault();
                  }}
                >
                  {t.userId}
                </a>
              </td>
              <td className="truncate text-muted max-lg:hidden">{t.productCategory ?? '–'}</td>
              <td className="max-w-36 truncate text-muted max-xl:hidden">
                {[t.customerLocation, t.country].filter(Boolean).join(', ') || '–'}
              </td>
              <td className="max-md:hidden">
                <span className="inline-flex items-center gap-2">
                  <StatusWord status={t.status} overridden={t.overridden} />
                  {t.label && <LabelBadge label={t.label} />}
                </span>
              </td>
              <td className="num text-right text-xs text-muted max-xl:hidden">{latency(t.latencyMs)}</td>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: it only keeps clicks on the buttons from opening the row */}
              <td
                className="!pr-3 text-right whitespace-nowrap max-sm:hidden"
                onClick={(event) => event.stopPropagation()}
              >
                <IconButton
                  needs={['review']}
                  label={`Edit the payment of ${t.userId}`}
                  className="size-7"
                  onClick={() => setEdited(t)}
                >
                  <Pencil className="size-3.5" />
                </IconButton>
                <IconButton
                  needs={['review']}
                  label={`Delete the payment of ${t.userId}`}
                  className="size-7"
                  onClick={() => setDoomed(t)}
                >
                  <Trash2 className="size-3.5" />
                </IconButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <EditDialog transaction={edited} onClose={() => setEdited(undefined)} />
      <Confirm
        open={doomed !== undefined}
        onClose={() => setDoomed(undefined)}
        title="Delete this transaction?"
        note={
          doomed && (
            <>
              {money(doomed.amount, doomed.currency)} by <span className="id">{doomed.userId}</span> disappears from
              every list and figure. Its id stays taken, and what profiles learnt from it stays. This cannot be undone.
            </>
          )
        }
        action="Delete"
        busy={busy}
        onConfirm={() => doomed && void remove(doomed)}
      />
    </div>
  );
}
