import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ListFilter, Plus } from 'lucide-react';
import { useState } from 'react';
import { createList, LIST_TYPES, type List, type ListType, listsQuery } from '../../api/lists.ts';
import { count } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, Tick } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { told } from '../../ui/toast.tsx';
import { PolicyHeader } from '../rules/tabs.tsx';
import { LIST_WORDS } from './words.ts';

export function Lists() {
  const { data, error, refetch } = useQuery(listsQuery());
  useLiveRefresh(['lists'], 2_000, () => live.totals().policies);
  const [making, setMaking] = useState(false);
  const lists = data?.data ?? [];
  return (
    <>
      <PolicyHeader title="Lists" note="Values that rules ask for: blocked, trusted, watched.">
        <Button kind="primary" needs={['policy']} icon={<Plus className="size-4" />} onClick={() => setMaking(true)}>
          New list
        </Button>
      </PolicyHeader>
      <Panel flush className="overflow-hidden">
        {error && !data ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : !data ? (
          <LoadingRows rows={4} />
        ) : lists.length === 0 ? (
          <Empty icon={<ListFilter />} title="No lists yet">
            A list holds cards, devices, addresses or anything else, with an expiry and a note for each. A rule asks it
            by <code className="id">inList("blocked_cards", tx.cardId)</code>. Lists marked for cases take entities from
            the review queue by a click.
          </Empty>
        ) : (
          <Table lists={lists} />
        )}
      </Panel>
      <Dialog open={making} onClose={() => setMaking(false)} title="New list">
        {making && <ListForm onClose={() => setMaking(false)} />}
      </Dialog>
    </>
  );
}

function Table({ lists }: { lists: List[] }) {
  return (
    <table className="w-full">
      <thead>
        <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
          <th className="!pl-4">List</th>
          <th className="max-sm:hidden">Of</th>
          <th className="text-right max-sm:!pr-4">Entries</th>
          <th className="!pl-4 max-md:hidden">From cases</th>
          <th className="!pr-4 max-md:hidden">Made</th>
        </tr>
      </thead>
      <tbody>
        {lists.map((list) => (
          <tr key={list.name} className="relative border-t border-line hover:bg-sunken [&_td]:px-2 [&_td]:py-2">
            <td className="max-w-80 !pl-4 max-sm:w-full max-sm:max-w-0">
              <Link
                to="/rules/lists/$name"
                params={{ name: list.name }}
                className="id font-medium after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-offset-[-2px] focus-visible:after:outline-info"
              >
                {list.name}
              </Link>
              {list.description && <span className="block truncate text-xs text-muted">{list.description}</span>}
            </td>
            <td className="text-muted max-sm:hidden">{LIST_WORDS[list.type]?.word ?? list.type}</td>
            <td className="num text-right max-sm:!pr-4">{count(list.entries)}</td>
            <td className="!pl-4 text-muted max-md:hidden">{list.fromCases ? 'Yes' : 'No'}</td>
            <td className="!pr-4 text-xs text-muted max-md:hidden">
              <Time at={list.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ListForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [type, setType] = useState<ListType>('card');
  const [description, setDescription] = useState('');
  const [fromCases, setFromCases] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => createList({ name: name.trim(), type, description, fromCases }),
    onSuccess: (list) => {
      told('List made');
      void client.invalidateQueries({ queryKey: ['lists'] });
      onClose();
      void navigate({ to: '/rules/lists/$name', params: { name: list.name } });
    },
  });
  return (
    <Form onSubmit={mutate} action="Create" disabled={isPending} error={error} onClose={onClose}>
      {(at) => (
        <>
          <Field
            label="Name"
            required
            maxLength={100}
            className="id"
            placeholder="blocked_cards"
            hint="Letters, digits, . _ and -; rules name the list by it."
            value={name}
            error={at('/name')}
            onChange={(event) => setName(event.target.value)}
          />
          <Choice
            label="Of"
            className="w-full"
            value={type}
            onChange={(event) => setType(event.target.value as ListType)}
          >
            {LIST_TYPES.map((one) => (
              <option key={one} value={one}>
                {LIST_WORDS[one].word}
              </option>
            ))}
          </Choice>
          <Field
            label="Description (optional)"
            maxLength={500}
            value={description}
            error={at('/description')}
            onChange={(event) => setDescription(event.target.value)}
          />
          <Tick
            label="From cases"
            hint="Whoever works cases may add and remove its entries."
            checked={fromCases}
            onChange={(event) => setFromCases(event.target.checked)}
          />
        </>
      )}
    </Form>
  );
}
