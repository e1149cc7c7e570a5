import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ArrowLeft, Plus, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import {
  addEntries,
  deleteList,
  type Entry,
  entriesQuery,
  type List,
  listsQuery,
  readEntries,
  removeEntry,
} from '../../api/lists.ts';
import { plural } from '../../lib/format.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { PageHeader, Panel, Time } from '../../ui/bits.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { ExportButton } from '../../ui/export-button.tsx';
import { LoadOlder } from '../../ui/load-older.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { useRights } from '../rules/rights.ts';
import { EntryForm } from './entry-form.tsx';
import { ImportButton } from './import-button.tsx';
import { LIST_WORDS } from './words.ts';

const COLUMNS = ['value', 'expiresAt', 'note'];
const EXPORT_PAGE = 200;

export function ListPage() {
  const { name } = useParams({ from: '/rules/lists/$name' });
  const lists = useQuery(listsQuery());
  useLiveRefresh(['lists'], 2_000, () => live.totals().policies);
  const list = lists.data?.data.find((one) => one.name === name);
  return (
    <>
      <nav aria-label="Way back" className="mb-3">
        <Link
          to="/rules/lists"
          className="inline-flex items-center gap-1.5 text-xs font-medium text-muted hover:text-ink"
        >
          <ArrowLeft className="size-3.5" /> Lists
        </Link>
      </nav>
      {lists.error && !lists.data ? (
        <Panel>
          <Failed error={lists.error} retry={() => void lists.refetch()} />
        </Panel>
      ) : !lists.data ? (
        <LoadingRows />
      ) : list ? (
        <Shown key={name} list={list} />
      ) : (
        <Panel>
          <Empty title={`There is no list ${name}`}>It may have been deleted.</Empty>
        </Panel>
      )}
    </>
  );
}

function Shown({ list }: { list: List }) {
  const { q = '' } = useSearch({ from: '/rules/lists/$name' });
  const navigate = useNavigate({ from: '/rules/lists/$name' });
  const { needs } = useRights();
  const [text, setText] = useTyped(q, (typed) => navigate({ search: { q: typed || undefined }, replace: true }));
  const [adding, setAdding] = useState(false);
  const may = needs(!list.fromCases);
  const pages = useInfiniteQuery(entriesQuery(list.name, q));
  useLiveRefresh(['list-entries', list.name, q], 2_000, () => live.totals().policies);
  const rows = pages.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <>
      <PageHeader
        name={list.name}
        title={<span className="font-mono text-lg">{list.name}</span>}
        note={
          <>
            {LIST_WORDS[list.type]?.word ?? list.type} · {plural(list.entries, 'entry', 'entries')}
            {list.fromCases && ' · from cases'}
            {list.description && <> · {list.description}</>}
          </>
        }
      >
        <SearchBox
          label="Search entries by value or note"
          placeholder="Value or note"
          value={text}
          width="w-52"
          onChange={setText}
        />
        <ImportButton list={list} needs={may} />
        <ExportButton
          of={list.name}
          columns={COLUMNS}
          page={(cursor) => readEntries(list.name, q, cursor, undefined, EXPORT_PAGE)}
          disabled={rows.length === 0}
        />
        <Button
          kind="primary"
          needs={may}
          icon={<Plus className="size-4" />}
          className="max-sm:order-first max-sm:w-full"
          onClick={() => setAdding(true)}
        >
          Add
        </Button>
        <DeleteList list={list} />
      </PageHeader>
      <Panel flush className="overflow-hidden">
        {pages.error && !pages.data ? (
          <Failed error={pages.error} retry={() => void pages.refetch()} />
        ) : !pages.data ? (
          <LoadingRows rows={4} />
        ) : rows.length === 0 ? (
          <Empty title={q ? 'No entry fits the search' : 'Nothing is on it yet'}>
            {q ? (
              'Values and notes are searched.'
            ) : (
              <>
                Add values one by one, or bring a CSV file with the header{' '}
                <code className="id">value,expiresAt,note</code>. A rule asks it by{' '}
                <code className="id">inList("{list.name}", …)</code>.
              </>
            )}
          </Empty>
        ) : (
          <Entries list={list} rows={rows} needs={may} />
        )}
      </Panel>
      <LoadOlder pages={pages} />
      <Dialog open={adding} onClose={() => setAdding(false)} title={`Add to ${list.name}`}>
        {adding && <EntryForm list={list} onClose={() => setAdding(false)} />}
      </Dialog>
    </>
  );
}

function Entries({
  list,
  rows,
  needs,
}: {
  list: List;
  rows: Entry[];
  needs: ReturnType<ReturnType<typeof useRights>['needs']>;
}) {
  const client = useQueryClient();
  const refresh = () => {
    for (const key of ['list-entries', 'lists']) void client.invalidateQueries({ queryKey: [key] });
  };
  const removal = useMutation({
    mutationFn: ({ value }: Entry) => removeEntry(list.name, value),
    onSuccess: (_, entry) => told('Removed', entry.value, () => void putBack(entry)),
    onError: (error) => failed('Not removed', error),
    onSettled: refresh,
  });
  async function putBack({ value, expiresAt, note }: Entry): Promise<void> {
    try {
      const { refused } = await addEntries(list.name, [{ value, expiresAt, note }]);
      if (refused.length > 0) throw new Error(refused[0].message);
      told('Put back', value);
    } catch (error) {
      failed('Not put back', error);
    }
    refresh();
  }
  const now = Date.now();
  return (
    <table className="w-full">
      <thead>
        <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
          <th className="!pl-4">Value</th>
          <th>Expires</th>
          <th className="max-sm:hidden">Note</th>
          <th className="max-md:hidden">Added</th>
          <th className="!pr-4">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((entry) => {
          const { value, expiresAt, note, at, by } = entry;
          return (
            <tr key={value} className="border-t border-line hover:bg-sunken [&_td]:px-2 [&_td]:py-1.5">
              <td className="id max-w-56 !pl-4 break-all">
                {value}
                {note && <span className="block font-sans text-xs text-muted sm:hidden">{note}</span>}
              </td>
              <td className="text-xs whitespace-nowrap">
                {expiresAt === null ? (
                  <span className="text-muted">never</span>
                ) : Date.parse(expiresAt) <= now ? (
                  <span className="text-muted">expired</span>
                ) : (
                  <Time at={expiresAt} />
                )}
              </td>
              <td className="max-w-72 text-muted max-sm:hidden">{note}</td>
              <td className="text-xs text-muted max-md:hidden">
                <Time at={at} />
                {by && <span className="id block max-w-32 truncate">{by}</span>}
              </td>
              <td className="!pr-3 text-right">
                <IconButton
                  needs={needs}
                  label={`Remove ${value}`}
                  className="size-7"
                  disabled={removal.isPending}
                  onClick={() => removal.mutate(entry)}
                >
                  <X className="size-3.5" />
                </IconButton>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function DeleteList({ list }: { list: List }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const { mutate, isPending } = useMutation({
    mutationFn: () => deleteList(list.name),
    onSuccess: () => {
      told('List deleted');
      void client.invalidateQueries({ queryKey: ['lists'] });
      void navigate({ to: '/rules/lists' });
    },
    onError: (error) => {
      setAsked(false);
      failed('Not deleted', error);
    },
  });
  return (
    <>
      <IconButton needs={['policy']} label={`Delete ${list.name}`} onClick={() => setAsked(true)}>
        <Trash2 className="size-4" />
      </IconButton>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Delete ${list.name}?`}
        note={`Its ${plural(list.entries, 'entry', 'entries')} go with it. While a rule names it, it is refused.`}
        action="Delete"
        busy={isPending}
        onConfirm={() => mutate()}
      />
    </>
  );
}
