import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef } from 'react';
import { importEntries, type List, type Taken } from '../../api/lists.ts';
import type { Scope } from '../../api/types.ts';
import { count, plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { failed, told } from '../../ui/toast.tsx';

const SHOWN = 50;

/** A CSV file with the header `value,expiresAt,note`: what cannot be a value is told, and the rest is taken. */
export function ImportButton({ list, needs }: { list: List; needs: Scope[] }) {
  const client = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const { mutate, data, isPending, reset } = useMutation({
    mutationFn: async (chosen: File) => importEntries(list.name, await chosen.text()),
    onSuccess: (taken) => {
      if (taken.refused.length === 0) told('Imported', sumOf(taken));
    },
    onError: (error) => failed('Not imported', error),
    onSettled: () => {
      for (const key of ['list-entries', 'lists']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const refused = data?.refused ?? [];
  return (
    <>
      <input
        ref={file}
        type="file"
        accept=".csv,text/csv"
        className="sr-only"
        tabIndex={-1}
        aria-label="CSV file"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = '';
          if (chosen) mutate(chosen);
        }}
      />
      <Button
        needs={needs}
        disabled={isPending}
        icon={<Upload className="size-3.5" />}
        title="With the header value,expiresAt,note"
        onClick={() => file.current?.click()}
      >
        {isPending ? 'Importing…' : 'Import CSV'}
      </Button>
      <Dialog open={refused.length > 0} onClose={reset} title="Not all of it was taken" note={data && sumOf(data)}>
        <ul className="grid gap-1.5">
          {refused.slice(0, SHOWN).map(({ value, message, line }) => (
            <li key={`${line} ${value}`}>
              {line !== undefined && <span className="num text-muted">Line {line}: </span>}
              <span className="id break-all">{value}</span> {message}
            </li>
          ))}
        </ul>
        {refused.length > SHOWN && <p className="mt-2 text-muted">and {count(refused.length - SHOWN)} more</p>}
      </Dialog>
    </>
  );
}

const sumOf = ({ added, updated, refused }: Taken): string =>
  `${plural(added, 'entry', 'entries')} added, ${count(updated)} brought up to date, ${count(refused.length)} refused.`;
