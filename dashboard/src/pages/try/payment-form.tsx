import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { submitTransaction } from '../../api/queries.ts';
import type { Transaction, TransactionType } from '../../api/types.ts';
import { latency } from '../../lib/format.ts';
import { Panel, Segmented } from '../../ui/bits.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { OutcomeBadge } from '../../ui/outcome.tsx';
import { Failed } from '../../ui/states.tsx';
import { asked, FIELDS, type FormField, TYPES, toBody, toValues, type Values } from './fields.ts';
import { PRESETS, type Preset, tell } from './presets.ts';

const newTag = () => Math.floor(Math.random() * 0xffffff).toString(16);

const COLUMNS = 'grid grid-cols-2 gap-x-3 gap-y-3.5 md:grid-cols-3';

export function PaymentForm() {
  const [preset, setPreset] = useState<Preset>('ordinary');
  const [story, setStory] = useState(() => tell('ordinary', newTag(), Date.now()));
  const [type, setType] = useState<TransactionType>('payment');
  const [values, setValues] = useState<Values>(() => toValues(story.form));
  const send = useMutation({
    mutationFn: async () => {
      // What happened before, in order: it is what makes the last one look as it does.
      for (const body of story.before) await submitTransaction(body);
      return submitTransaction(toBody(type, values));
    },
    // The past is told once.
    onSuccess: () => setStory((told) => ({ ...told, before: [] })),
  });
  const choose = (next: Preset) => {
    const told = tell(next, newTag(), Date.now());
    setPreset(next);
    setStory(told);
    setType(told.form.type ?? 'payment');
    setValues(toValues(told.form));
    send.reset();
  };
  const wrong = send.error instanceof ApiError && send.error.status === 422 ? send.error.errors : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const isWrong = FIELDS.some(({ more, name }) => more && wrong.some(({ path }) => path === `/${name}`));
  const field = ({ name, label, number, required, choices }: FormField) => {
    const value = values[name] ?? '';
    const set = (text: string) => setValues({ ...values, [name]: text });
    if (choices)
      return (
        <Choice key={name} label={label} value={value} onChange={(event) => set(event.target.value)} className="w-full">
          {choices.map(([choice, word]) => (
            <option key={choice} value={choice}>
              {word}
            </option>
          ))}
        </Choice>
      );
    return (
      <Field
        key={name}
        label={label}
        name={name}
        required={required}
        inputMode={number ? 'decimal' : undefined}
        value={value}
        error={wrong.find(({ path }) => path === `/${name}`)?.message}
        onChange={(event) => set(event.target.value)}
      />
    );
  };
  return (
    <Panel title="Decide on something">
      <fieldset className="grid gap-2 sm:grid-cols-3">
        <legend className="sr-only">Start from</legend>
        {(Object.keys(PRESETS) as Preset[]).map((name) => (
          <label
            key={name}
            className="relative cursor-pointer rounded-lg border border-line p-3 hover:bg-sunken has-checked:border-ink has-focus-visible:outline-2 has-focus-visible:outline-info"
          >
            <input
              type="radio"
              name="preset"
              checked={preset === name}
              onChange={() => choose(name)}
              className="absolute inset-0 cursor-pointer opacity-0"
            />
            <span className="block font-medium">{PRESETS[name].name}</span>
            <span className="mt-0.5 block text-xs text-muted text-pretty">{PRESETS[name].story}</span>
          </label>
        ))}
      </fieldset>
      <form onSubmit={submit} className="mt-5">
        <Segmented label="What is decided" value={type} options={TYPES} onChange={setType} />
        <div className={`mt-4 ${COLUMNS}`}>{FIELDS.filter((one) => !one.more && asked(one, type)).map(field)}</div>
        <details className="mt-4" open={isWrong || undefined}>
          <summary className="cursor-pointer text-xs font-medium text-muted">Card and how it is paid</summary>
          <div className={`mt-3 ${COLUMNS}`}>{FIELDS.filter((one) => one.more && asked(one, type)).map(field)}</div>
        </details>
        <div className="mt-5 flex flex-wrap items-center gap-3">
          <Button type="submit" kind="primary" needs={['ingest']} disabled={send.isPending}>
            {send.isPending ? 'Deciding…' : 'Decide'}
          </Button>
          {story.before.length > 0 && (
            <span className="text-xs text-muted">
              Sends the {story.before.length} that came before in the story first.
            </span>
          )}
        </div>
      </form>
      <div aria-live="polite">
        {send.error && wrong.length === 0 && <Failed error={send.error} />}
        {send.data && <Answer decided={send.data} />}
      </div>
    </Panel>
  );
}

function Answer({ decided }: { decided: Transaction }) {
  return (
    <div className="mt-5 flex flex-wrap items-center gap-x-5 gap-y-3 rounded-lg bg-sunken p-4">
      <span className="text-4xl font-semibold tracking-tight" title={`Score ${decided.score} of 100`}>
        {decided.score}
      </span>
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex items-center gap-2">
          {decided.decision && <OutcomeBadge outcome={decided.decision} />}
          <span className="num text-xs text-muted">decided in {latency(decided.latencyMs)}</span>
        </p>
        <p className="mt-1.5 text-pretty">{decided.fraudExplanation}</p>
      </div>
      <Link to="/decisions/$id" params={{ id: decided.id }} className={buttonClass()}>
        Open the decision
      </Link>
    </div>
  );
}
