import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ListPlus } from 'lucide-react';
import { useState } from 'react';
import { type List, type ListType, listsQuery } from '../../api/lists.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { kindWord } from '../../ui/kind.tsx';
import { useRights } from '../rules/rights.ts';
import { EntryForm } from './entry-form.tsx';

/** Types of lists that take an entity as it is called; absent: that of its own name. */
const LISTS_OF: Readonly<Record<string, readonly ListType[]>> = {
  email: ['emailDomain'],
  mailbox: ['mailbox', 'email'],
  payee: [],
};

/** Lists that this key may put an entity of the type on; undefined until they are known. */
function useListsFor(type: string): List[] | undefined {
  const { live, draft } = useRights();
  const { data } = useQuery({ ...listsQuery(), enabled: draft });
  const types: readonly string[] = LISTS_OF[type] ?? [type];
  if (!draft) return [];
  return data?.data.filter((list) => types.includes(list.type) && (live || list.fromCases));
}

interface Props {
  entity: { type: string; id: string };
  /** What the entry's note begins with. */
  note: string;
  /** With words, and not an icon alone: then it is offered though no list takes it yet, and says so. */
  worded?: boolean;
  /** Asks at once. */
  asked?: boolean;
}

/** Puts an entity on a list. */
export function AddToList({ entity, note, worded = false, asked = false }: Props) {
  const { type, id } = entity;
  const lists = useListsFor(type);
  const { draft } = useRights();
  const [open, setOpen] = useState(asked);
  const [chosen, setChosen] = useState<List>();
  if (!worded && (lists === undefined || lists.length === 0)) return null;
  const list = chosen ?? (lists?.length === 1 ? lists[0] : undefined);
  const close = () => {
    setOpen(false);
    setChosen(undefined);
  };
  const none = lists?.length === 0;
  return (
    <>
      {worded ? (
        <Button icon={<ListPlus className="size-3.5" />} needs={draft ? [] : ['policy']} onClick={() => setOpen(true)}>
          Put on a list
        </Button>
      ) : (
        <IconButton
          label={`Add ${type} ${id} to a list`}
          className="size-6 max-sm:size-8"
          onClick={() => setOpen(true)}
        >
          <ListPlus className="size-3.5" />
        </IconButton>
      )}
      <Dialog
        open={open && lists !== undefined}
        onClose={close}
        title={list ? `Add to ${list.name}` : none ? 'No list takes it' : 'Add to which list?'}
        note={
          list
            ? list.description || undefined
            : none
              ? `There is no list of this type that your key may change: ${kindWord(type)}.`
              : undefined
        }
      >
        {open && list ? (
          <EntryForm list={list} given={id} note={note} onClose={close} />
        ) : none ? (
          <p>
            <Link to="/rules/lists" className="font-medium underline underline-offset-3">
              Make one under Rules, Lists
            </Link>
          </p>
        ) : (
          <ul className="grid gap-2">
            {lists?.map((one) => (
              <li key={one.name}>
                <Button className="h-auto w-full !justify-start py-2 text-left" onClick={() => setChosen(one)}>
                  <span className="min-w-0">
                    <span className="id block">{one.name}</span>
                    {one.description && (
                      <span className="block text-xs font-normal whitespace-normal text-muted">{one.description}</span>
                    )}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Dialog>
    </>
  );
}
