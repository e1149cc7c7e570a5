import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Bookmark, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { deleteView, type SavedView, saveView, viewsQuery } from '../../api/views.ts';
import { FILTER_NAMES, PAYMENT_FILTERS, type TransactionSearch } from '../../payment-filters.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, Field, Tick } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';

/** What says whose payments they are, which the server keeps in no view. */
const UNKEPT: ReadonlySet<string> = new Set(['q', 'cardId', 'deviceId', 'payeeId', 'ip', 'email']);

/** Views that were kept, to be chosen; the filters in force, to be kept as one. */
export function SavedViews({ search }: { search: TransactionSearch }) {
  const navigate = useNavigate({ from: '/transactions' });
  const { data = [] } = useQuery(viewsQuery());
  const [saving, setSaving] = useState(false);
  const kept = keptOf(search);
  const current = data.find(({ filters }) => sameFilters(filters, search));
  const groups = [
    ['Mine', data.filter(({ mine }) => mine)],
    ['Shared by others', data.filter(({ mine }) => !mine)],
  ] as const;
  return (
    <>
      {data.length > 0 && (
        <div className="flex min-w-0 items-end gap-1">
          <Choice
            label="Saved view"
            value={current?.id ?? ''}
            className="w-full sm:max-w-44"
            onChange={(event) => {
              const chosen = data.find(({ id }) => id === event.target.value);
              void navigate({ search: chosen?.filters ?? {} });
            }}
          >
            <option value="">None</option>
            {groups.map(([label, views]) =>
              views.length === 0 ? null : (
                <optgroup key={label} label={label}>
                  {views.map(({ id, name, mine, shared, byName }) => (
                    <option key={id} value={id}>
                      {mine ? `${name}${shared ? ' (shared)' : ''}` : `${name} (${byName ?? 'a key that is gone'})`}
                    </option>
                  ))}
                </optgroup>
              ),
            )}
          </Choice>
          {current?.mine && <Delete view={current} />}
        </div>
      )}
      {!current && Object.keys(kept).length > 0 && (
        <Button needs={['review']} icon={<Bookmark className="size-3.5" />} onClick={() => setSaving(true)}>
          Save view
        </Button>
      )}
      <Dialog
        open={saving}
        onClose={() => setSaving(false)}
        title="Save this view"
        note={
          Object.keys(search).some((name) => UNKEPT.has(name) && search[name as 'q'] !== undefined)
            ? 'Its filters, but for those that say whose payments they are: users, cards, devices, addresses and e-mails are not kept in a view.'
            : 'Its filters, under a name.'
        }
      >
        <Saving kept={kept} onClose={() => setSaving(false)} />
      </Dialog>
    </>
  );
}

function Saving({ kept, onClose }: { kept: TransactionSearch; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate({ from: '/transactions' });
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => saveView({ name: name.trim(), filters: kept, shared }),
    onSuccess: async () => {
      await client.invalidateQueries(viewsQuery());
      told('Saved', name.trim());
      void navigate({ search: kept, replace: true });
      onClose();
    },
  });
  return (
    <Form
      onSubmit={mutate}
      action="Save"
      needs={['review']}
      disabled={isPending || name.trim() === ''}
      error={error}
      onClose={onClose}
    >
      {(at) => (
        <>
          <Field
            label="Name"
            required
            maxLength={100}
            value={name}
            error={at('/name')}
            onChange={(event) => setName(event.target.value)}
          />
          <Tick
            label="Shared"
            hint="Everybody sees it; you alone change it."
            checked={shared}
            onChange={(event) => setShared(event.target.checked)}
          />
        </>
      )}
    </Form>
  );
}

function Delete({ view }: { view: SavedView }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries(viewsQuery());
  const removal = useMutation({
    mutationFn: () => deleteView(view.id),
    onSuccess: async () => {
      await refresh();
      told('View deleted', view.name, () => void saveView(view).then(refresh, (error) => failed('Not undone', error)));
    },
    onError: (error) => failed('Not deleted', error),
  });
  return (
    <IconButton
      needs={['review']}
      label={`Delete the view ${view.name}`}
      disabled={removal.isPending}
      onClick={() => removal.mutate()}
    >
      <Trash2 className="size-4" />
    </IconButton>
  );
}

/** As the server takes them: times with their zone, as they mean the same to all. */
function keptOf(search: TransactionSearch): TransactionSearch {
  const names = FILTER_NAMES.filter((name) => search[name] !== undefined && !UNKEPT.has(name));
  return Object.fromEntries(
    names.map((name) => [
      name,
      PAYMENT_FILTERS[name].kind === 'time' ? new Date(search[name] as string).toISOString() : search[name],
    ]),
  );
}

function sameFilters(one: TransactionSearch, other: TransactionSearch): boolean {
  return (['q', ...FILTER_NAMES] as const).every((name) => {
    const isTime = name === 'from' || name === 'to';
    const [a, b] = [one[name], other[name]];
    return isTime && a !== undefined && b !== undefined
      ? new Date(a).getTime() === new Date(b).getTime()
      : String(a ?? '') === String(b ?? '');
  });
}
