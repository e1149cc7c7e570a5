import { useId, useRef, useState } from 'react';
import type { Case } from '../../api/cases.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';

interface Props {
  /** `name`: the reader says how they are called, and takes the case. `other`: somebody is given it. */
  kind: 'name' | 'other' | undefined;
  seen: Case;
  busy: boolean;
  onClose: () => void;
  onAssign: (assignee: string | null) => void;
}

export function AssignDialog({ kind, seen, busy, onClose, onAssign }: Props) {
  // While it closes, it stays what it was.
  const last = useRef(kind);
  if (kind) last.current = kind;
  const asked = last.current;
  return (
    <Dialog
      open={kind !== undefined}
      onClose={onClose}
      title={asked === 'name' ? 'What are you called?' : 'Who works on it?'}
      note={
        asked === 'name'
          ? 'This server has no keys, so it knows no names. Yours is kept in this browser.'
          : 'The name of a key, or whatever your team goes by.'
      }
    >
      {kind && <Naming kind={kind} seen={seen} busy={busy} onAssign={onAssign} />}
    </Dialog>
  );
}

function Naming({ kind, seen, busy, onAssign }: Omit<Props, 'onClose'>) {
  const [name, setName] = useState(kind === 'other' ? (seen.assignee ?? '') : '');
  const id = useId();
  return (
    <Form
      onSubmit={() => onAssign(name.trim())}
      action={kind === 'name' ? 'Take the case' : 'Assign'}
      needs={['review']}
      disabled={busy || name.trim() === ''}
      beside={
        kind === 'other' &&
        seen.assignee && (
          <Button needs={['review']} disabled={busy} onClick={() => onAssign(null)}>
            Nobody
          </Button>
        )
      }
    >
      <Field
        label="Name"
        name={id}
        autoComplete="off"
        maxLength={255}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </Form>
  );
}
