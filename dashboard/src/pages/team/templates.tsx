import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { deleteTemplate, saveTemplate, type Template, templatesQuery } from '../../api/desk.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { NoteField } from '../decision/dialogs.tsx';

/** Texts that notes and comments begin with, for all. */
export function Templates() {
  const client = useQueryClient();
  const { data = [] } = useQuery(templatesQuery());
  const [edited, setEdited] = useState<Template | 'new'>();
  const refresh = () => client.invalidateQueries(templatesQuery());
  const close = () => setEdited(undefined);
  return (
    <Panel
      title="Templates of notes"
      aside={
        <Button small needs={['review']} icon={<Plus className="size-3.5" />} onClick={() => setEdited('new')}>
          New template
        </Button>
      }
    >
      {data.length === 0 ? (
        <p className="text-muted">None yet. What is written again and again is chosen by its name then.</p>
      ) : (
        <ul className="grid gap-2.5">
          {data.map((template) => (
            <li key={template.id} className="flex items-start gap-2">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{template.name}</p>
                <p className="line-clamp-2 text-xs break-words whitespace-pre-wrap text-muted">{template.text}</p>
              </div>
              <IconButton needs={['review']} label={`Change ${template.name}`} onClick={() => setEdited(template)}>
                <Pencil className="size-3.5" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={edited !== undefined}
        onClose={close}
        title={edited === 'new' ? 'New template' : 'Change the template'}
        note="Everybody sees it where notes and comments are written."
      >
        {edited && <Editing known={edited === 'new' ? undefined : edited} onSaved={refresh} onClose={close} />}
      </Dialog>
    </Panel>
  );
}

interface EditingProps {
  known: Template | undefined;
  onSaved: () => Promise<void>;
  onClose: () => void;
}

function Editing({ known, onSaved, onClose }: EditingProps) {
  const [name, setName] = useState(known?.name ?? '');
  const [text, setText] = useState(known?.text ?? '');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => saveTemplate({ name: name.trim(), text: text.trim() }, known),
    onSuccess: async () => {
      await onSaved();
      told('Saved', name.trim());
      onClose();
    },
  });
  const removal = useMutation({
    mutationFn: ({ id }: Template) => deleteTemplate(id),
    onSuccess: async (_, { name, text }) => {
      await onSaved();
      told(
        'Template deleted',
        name,
        () => void saveTemplate({ name, text }).then(onSaved, (error) => failed('Not undone', error)),
      );
      onClose();
    },
    onError: (error) => failed('Not deleted', error),
  });
  return (
    <Form
      onSubmit={() => mutate()}
      action="Save"
      needs={['review']}
      disabled={isPending || name.trim() === '' || text.trim() === ''}
      error={error}
      onClose={onClose}
      beside={
        known && (
          <Button kind="decline" needs={['review']} disabled={removal.isPending} onClick={() => removal.mutate(known)}>
            Delete
          </Button>
        )
      }
    >
      {(at) => (
        <>
          <Field
            label="Name"
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            error={at('/name')}
            onChange={(event) => setName(event.target.value)}
          />
          <NoteField label="Text" required value={text} onChange={setText} />
        </>
      )}
    </Form>
  );
}
