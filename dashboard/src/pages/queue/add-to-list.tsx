import { useQuery } from '@tanstack/react-query';
import { ListPlus } from 'lucide-react';
import { useState } from 'react';
import type { CaseEntity, WholeCase } from '../../api/cases.ts';
import { type List, listsQuery } from '../../api/lists.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EntryForm } from '../lists/entry-form.tsx';
import { useRights } from '../rules/rights.ts';

/** Lists that this key may put an entity of the type on. */
function useListsFor(type: string): List[] {
  const { live, draft } = useRights();
  const { data } = useQuery({ ...listsQuery(), enabled: draft });
  return (data?.data ?? []).filter((list) => list.type === type && (live || (draft && list.fromCases)));
}

/** Puts an entity of a resolved case on a list. Nothing is offered where no list takes it. */
export function AddToList({ of, entity }: { of: WholeCase; entity: CaseEntity }) {
  const lists = useListsFor(entity.type);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<List>();
  const { id } = entity;
  if (id === null || of.status !== 'resolved' || lists.length === 0) return null;
  const list = chosen ?? (lists.length === 1 ? lists[0] : undefined);
  const close = () => {
    setOpen(false);
    setChosen(undefined);
  };
  return (
    <>
      <IconButton
        label={`Add ${entity.type} ${id} to a list`}
        className="size-6 max-sm:size-8"
        onClick={() => setOpen(true)}
      >
        <ListPlus className="size-3.5" />
      </IconButton>
      <Dialog
        open={open}
        onClose={close}
        title={list ? `Add to ${list.name}` : 'Add to which list?'}
        note={list?.description || undefined}
      >
        {open && list ? (
          <EntryForm list={list} given={id} note={`case ${of.id}: ${of.resolution ?? 'resolved'}`} onClose={close} />
        ) : (
          <ul className="grid gap-2">
            {lists.map((one) => (
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
