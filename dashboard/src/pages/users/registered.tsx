import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Pencil, Plus, Users as UsersIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { createUser, deleteUser, listUsers, updateUser } from '../../api/queries.ts';
import type { User } from '../../api/types.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { EntityLink, PageHeader, Panel, Time } from '../../ui/bits.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { ExportButton } from '../../ui/export-button.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { LoadOlder } from '../../ui/load-older.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';

const COLUMNS = ['id', 'name', 'email', 'createdAt', 'updatedAt'];

/** Users that were created, with name and e-mail. */
export function Registered({ choice }: { choice: ReactNode }) {
  const { q = '' } = useSearch({ from: '/users' });
  const navigate = useNavigate({ from: '/users' });
  const [text, setText] = useTyped(q, (typed) =>
    navigate({ search: { q: typed || undefined, who: 'registered' }, replace: true }),
  );
  const [edited, setEdited] = useState<User | 'new'>();
  const pages = useInfiniteQuery({
    queryKey: ['users', q],
    queryFn: ({ pageParam, signal }) => listUsers(q, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
  const rows = pages.data?.pages.flatMap(({ data }) => data) ?? [];
  const add = (
    <Button kind="primary" needs={['ingest']} icon={<Plus className="size-4" />} onClick={() => setEdited('new')}>
      New user
    </Button>
  );

  return (
    <>
      <PageHeader title="Users">
        {choice}
        <SearchBox
          label="Search users by id, name or e-mail"
          placeholder="Id, name or e-mail"
          value={text}
          width="w-64"
          onChange={setText}
        />
        <ExportButton
          of="users"
          columns={COLUMNS}
          page={(cursor) => listUsers(q, cursor)}
          disabled={rows.length === 0}
        />
        {add}
      </PageHeader>
      <Panel flush className="overflow-hidden">
        {pages.error && !pages.data ? (
          <Failed error={pages.error} retry={() => void pages.refetch()} />
        ) : !pages.data ? (
          <LoadingRows />
        ) : rows.length === 0 ? (
          <Empty icon={<UsersIcon />} title={q ? 'No registered user fits the search' : 'No user is registered yet'}>
            {q
              ? 'Only users that were created are searched here; payments may name others.'
              : 'Payments may name any user; one need not be created first. Create users to keep their name and e-mail.'}
          </Empty>
        ) : (
          <Table rows={rows} onEdit={setEdited} />
        )}
      </Panel>
      <LoadOlder pages={pages} />
      <Dialog
        open={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === 'new' ? 'New user' : 'Edit user'}
      >
        {edited && <UserForm user={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
      </Dialog>
    </>
  );
}

function Table({ rows, onEdit }: { rows: User[]; onEdit: (user: User) => void }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full">
        <thead>
          <tr className="h-9 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
            <th className="!pl-4">Name</th>
            <th className="max-sm:hidden">E-mail</th>
            <th className="max-md:hidden">Id</th>
            <th className="max-md:hidden">Created</th>
            <th className="!pr-4">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((user) => (
            <tr key={user.id} className="h-10 border-t border-line hover:bg-sunken [&_td]:px-2">
              <td className="max-w-48 truncate !pl-4 font-medium">
                {user.name}
                <span className="block truncate text-xs font-normal text-muted sm:hidden">{user.email}</span>
              </td>
              <td className="max-w-64 truncate text-muted max-sm:hidden">{user.email}</td>
              <td className="max-w-56 truncate max-md:hidden">
                <EntityLink type="user" id={user.id} />
              </td>
              <td className="text-xs text-muted max-md:hidden">
                <Time at={user.createdAt} />
              </td>
              <td className="!pr-3 text-right whitespace-nowrap">
                <IconButton
                  needs={['review']}
                  label={`Edit ${user.name}`}
                  className="size-7"
                  onClick={() => onEdit(user)}
                >
                  <Pencil className="size-3.5" />
                </IconButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DeleteUser({ user, onDeleted }: { user: User; onDeleted: () => void }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const { mutate, isPending } = useMutation({
    mutationFn: () => deleteUser(user.id),
    onSuccess: () => {
      told('User deleted');
      onDeleted();
    },
    onError: (error) => failed('Not deleted', error),
    onSettled: () => {
      setAsked(false);
      void client.invalidateQueries({ queryKey: ['users'] });
    },
  });
  return (
    <>
      <Button needs={['review']} onClick={() => setAsked(true)}>
        Delete…
      </Button>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title="Delete this user?"
        note={`${user.name} is removed with name and e-mail. Their payments stay. This cannot be undone.`}
        action="Delete"
        busy={isPending}
        onConfirm={() => mutate()}
      />
    </>
  );
}

function UserForm({ user, onClose }: { user: User | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState(user?.email ?? '');
  const [id, setId] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      if (user) await updateUser(user.id, { name, email });
      else await createUser({ name, email, ...(id ? { id } : {}) });
    },
    onSuccess: () => {
      told(user ? 'Saved' : 'User created');
      void client.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  return (
    <Form
      onSubmit={mutate}
      action={user ? 'Save' : 'Create'}
      disabled={isPending}
      error={error}
      onClose={onClose}
      beside={user && <DeleteUser user={user} onDeleted={onClose} />}
    >
      {(at) => (
        <>
          <Field
            label="Name"
            required
            maxLength={255}
            value={name}
            error={at('/name')}
            onChange={(event) => setName(event.target.value)}
          />
          <Field
            label="E-mail"
            type="email"
            required
            maxLength={320}
            value={email}
            error={at('/email')}
            onChange={(event) => setEmail(event.target.value)}
          />
          {!user && (
            <Field
              label="Id (optional)"
              hint="Yours, such as auth0|12345; without one it is made."
              value={id}
              error={at('/id')}
              onChange={(event) => setId(event.target.value)}
            />
          )}
        </>
      )}
    </Form>
  );
}
