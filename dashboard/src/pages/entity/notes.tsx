import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2, X } from 'lucide-react';
import { useId, useState } from 'react';
import { addEntityNote, type EntityNote, entityNotesQuery, removeEntityNote } from '../../api/desk.ts';
import { lacking, useSession } from '../../api/session.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { TemplateChoice } from '../queue/templates.tsx';

interface Of {
  type: string;
  id: string;
}

function useNotes({ type, id }: Of) {
  const client = useQueryClient();
  const options = entityNotesQuery(type, id);
  const { data } = useQuery(options);
  const refresh = () => client.invalidateQueries({ queryKey: options.queryKey });
  const adding = useMutation({
    mutationFn: (body: Pick<EntityNote, 'kind' | 'text'>) => addEntityNote(type, id, body),
    onSuccess: refresh,
    onError: (error) => failed('Not kept', error),
  });
  const removal = useMutation({
    mutationFn: (note: EntityNote) => removeEntityNote(type, id, note.id),
    onSuccess: async (_, { kind, text }) => {
      await refresh();
      told(kind === 'label' ? `No longer called ${text}` : 'Note deleted', undefined, () =>
        adding.mutate({ kind, text }),
      );
    },
    onError: (error) => failed('Not taken away', error),
  });
  return { notes: data?.data ?? [], suggested: data?.suggested ?? [], adding, removal };
}

/** What people call it, in a word each: beside its name, so that whoever meets it sees them first. */
export function Labels(of: Of) {
  const { notes, suggested, adding, removal } = useNotes(of);
  const may = lacking(useSession(), ['review']).length === 0;
  const [text, setText] = useState<string>();
  const list = useId();
  const labels = notes.filter(({ kind }) => kind === 'label');
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {labels.map((label) => (
        <span
          key={label.id}
          title={`by ${label.byName ?? 'somebody without a key'}`}
          className="inline-flex h-6 items-center gap-0.5 rounded-full border border-line bg-surface pr-1 pl-2.5 text-xs font-medium"
        >
          <span className="max-w-56 truncate">{label.text}</span>
          {may && (
            <button
              type="button"
              aria-label={`Take the label ${label.text} away`}
              onClick={() => removal.mutate(label)}
              className="flex size-5 items-center justify-center rounded-full text-muted hover:bg-sunken hover:text-ink"
            >
              <X className="size-3" />
            </button>
          )}
        </span>
      ))}
      {may &&
        (text === undefined ? (
          <Button small kind="quiet" className={labels.length === 0 ? '-mx-2' : ''} onClick={() => setText('')}>
            Add a label
          </Button>
        ) : (
          <form
            className="flex items-center gap-1.5"
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim() !== '')
                adding.mutate({ kind: 'label', text: text.trim() }, { onSuccess: () => setText(undefined) });
            }}
          >
            <input
              // biome-ignore lint/a11y/noAutofocus: the reader has just asked for it
              autoFocus
              aria-label="Label"
              list={list}
              maxLength={40}
              autoComplete="off"
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => event.key === 'Escape' && setText(undefined)}
              className="control h-7 w-40 text-xs"
            />
            <datalist id={list}>
              {suggested.map((word) => (
                <option key={word} value={word} />
              ))}
            </datalist>
            <Button small type="submit" disabled={adding.isPending || text.trim() === ''}>
              Add
            </Button>
          </form>
        ))}
    </div>
  );
}

/** What people wrote of it, the newest first, and the place to write more. */
export function Notes(of: Of) {
  const { notes, adding, removal } = useNotes(of);
  const [text, setText] = useState('');
  const id = useId();
  const written = notes.filter(({ kind }) => kind === 'note');
  const send = () =>
    text.trim() !== '' && adding.mutate({ kind: 'note', text: text.trim() }, { onSuccess: () => setText('') });
  return (
    <Panel title="Notes">
      {written.length > 0 && (
        <ul className="mb-3 flex flex-col gap-2.5">
          {written.map((note) => (
            <li key={note.id}>
              <p className="flex items-center gap-2 text-xs text-muted">
                <span className="font-medium text-ink">{note.mine ? 'You' : (note.byName ?? 'Somebody')}</span>
                <Time at={note.at} />
                {note.mine && (
                  <IconButton
                    needs={['review']}
                    label="Delete this note"
                    className="ml-auto size-6 max-sm:size-8"
                    onClick={() => removal.mutate(note)}
                  >
                    <Trash2 className="size-3.5" />
                  </IconButton>
                )}
              </p>
              <p className="border-l-2 border-line pl-2.5 break-words whitespace-pre-wrap">{note.text}</p>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label htmlFor={id} className="mb-1 block text-xs font-medium text-muted">
          Note
        </label>
        <textarea
          id={id}
          rows={2}
          maxLength={2000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            send();
          }}
          className="control w-full"
        />
        <div className="mt-1.5 flex flex-wrap items-center justify-end gap-2">
          <TemplateChoice value={text} onChange={setText} />
          <Button type="submit" small needs={['review']} disabled={adding.isPending || text.trim() === ''}>
            Add note
          </Button>
        </div>
      </form>
    </Panel>
  );
}
