import { useId, useState } from 'react';
import type { LabelInput } from '../../api/queries.ts';
import type { Label, LabelSource } from '../../api/types.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { TemplateChoice } from '../queue/templates.tsx';

interface Common {
  open: boolean;
  busy: boolean;
  onClose: () => void;
}

/** What it turned out to be, who says so, and a note. */
export function LabelDialog({ onSubmit, ...dialog }: Common & { onSubmit: (label: LabelInput) => void }) {
  return (
    <Dialog
      {...dialog}
      title="Say what it was"
      note="Models learn from labels. The scheme’s come before an analyst’s, and those before the customer’s."
    >
      {dialog.open && <LabelForm busy={dialog.busy} onSubmit={onSubmit} />}
    </Dialog>
  );
}

function LabelForm({ busy, onSubmit }: { busy: boolean; onSubmit: (label: LabelInput) => void }) {
  const [label, setLabel] = useState<Label['label']>('fraud');
  const [source, setSource] = useState<LabelSource>('analyst');
  const [pinned, setPinned] = useState(false);
  const [note, setNote] = useState('');
  const submit = () =>
    onSubmit({ label, source, ...(note.trim() ? { note: note.trim() } : {}), ...(pinned ? { pinned } : {}) });
  return (
    <Form onSubmit={submit} action="Record label" disabled={busy}>
      <Segmented
        label="It was"
        value={label}
        options={[
          { value: 'fraud', label: 'Fraud' },
          { value: 'legitimate', label: 'Legitimate' },
          { value: 'none', label: 'Take back', title: 'Takes back what this source said' },
        ]}
        onChange={setLabel}
      />
      <Choice
        label="Who says so"
        value={source}
        onChange={(event) => setSource(event.target.value as LabelSource)}
        className="w-full"
      >
        <option value="analyst">Analyst</option>
        <option value="chargeback">Chargeback</option>
        <option value="customer">Customer</option>
      </Choice>
      <label className="flex items-baseline gap-2">
        <input type="checkbox" checked={pinned} onChange={(event) => setPinned(event.target.checked)} />
        <span>
          {label === 'none' ? 'The pin alone' : 'Pin it'}
          <span className="text-muted">
            {label === 'none' ? ': what the source said stays' : ': it stays whatever others say'}
          </span>
        </span>
      </label>
      <NoteField label="Note (optional)" value={note} onChange={setNote} />
    </Form>
  );
}

/** A declined payment goes through only with a reason, which its history shows. */
export function OverrideDialog({ onSubmit, ...dialog }: Common & { onSubmit: (reason: string) => void }) {
  return (
    <Dialog
      {...dialog}
      title="Override the decline"
      note="The payment is finalized although it was declined, and labelled as legitimate. Who did it and why stays in its history."
    >
      {dialog.open && <OverrideForm busy={dialog.busy} onSubmit={onSubmit} />}
    </Dialog>
  );
}

function OverrideForm({ busy, onSubmit }: { busy: boolean; onSubmit: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <Form onSubmit={() => onSubmit(reason)} action="Override and finalize" disabled={busy || reason.trim() === ''}>
      <NoteField label="Reason" value={reason} onChange={setReason} required />
    </Form>
  );
}

export function NoteField({
  label,
  value,
  onChange,
  onSubmit,
  required,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Ctrl + Enter. */
  onSubmit?: () => void;
  required?: boolean;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-muted">
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        maxLength={2000}
        required={required}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (!onSubmit || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSubmit();
        }}
        className="control w-full"
      />
      <div className="mt-1.5 flex justify-end">
        <TemplateChoice value={value} onChange={onChange} />
      </div>
    </div>
  );
}
