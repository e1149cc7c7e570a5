import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { submitTransaction } from '../../api/queries.ts';
import type { Transaction, TransactionInput } from '../../api/types.ts';
import { latency } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { OutcomeBadge } from '../../ui/outcome.tsx';
import { Failed } from '../../ui/states.tsx';
import { PRESETS, type Preset, tell } from './presets.ts';

const FIELDS: { name: keyof TransactionInput; label: string; number?: boolean; required?: boolean }[] = [
  { name: 'userId', label: 'User', required: true },
  { name: 'amount', label: 'Amount', number: true, required: true },
  { name: 'currency', label: 'Currency' },
  { name: 'productCategory', label: 'Category' },
  { name: 'merchantId', label: 'Merchant' },
  { name: 'channel', label: 'Channel' },
  { name: 'cardId', label: 'Card' },
  { name: 'deviceId', label: 'Device' },
  { name: 'ip', label: 'IP address' },
  { name: 'email', label: 'E-mail' },
  { name: 'customerLocation', label: 'Place' },
  { name: 'country', label: 'Country' },
  { name: 'latitude', label: 'Latitude', number: true },
  { name: 'longitude', label: 'Longitude', number: true },
  { name: 'accountAgeDays', label: 'Account age, days', number: true },
];

type Values = Partial<Record<keyof TransactionInput, string>>;

const newTag = () => Math.floor(Math.random() * 0xffffff).toString(16);
const toValues = (body: TransactionInput): Values =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));

/** A number that is none stays text, so that the server says what is wrong with it. */
function toBody(values: Values): TransactionInput {
  const body: Record<string, unknown> = {};
  for (const { name, number } of FIELDS) {
    const text = values[name]?.trim() ?? '';
    if (text === '') continue;
    body[name] = number && !Number.isNaN(Number(text)) ? Number(text) : text;
  }
  return body as unknown as TransactionInput;
}

export function PaymentForm() {
  const [preset, setPreset] = useState<Preset>('ordinary');
  const [story, setStory] = useState(() => tell('ordinary', newTag(), Date.now()));
  const [values, setValues] = useState<Values>(() => toValues(story.form));
  const send = useMutation({
    mutationFn: async () => {
      // What happened before, in order: it is what makes the last one look as it does.
      for (const body of story.before) await submitTransaction(body);
      return submitTransaction(toBody(values));
    },
    // The past is told once.
    onSuccess: () => setStory((told) => ({ ...told, before: [] })),
  });
  const choose = (next: Preset) => {
    const told = tell(next, newTag(), Date.now());
    setPreset(next);
    setStory(told);
    setValues(toValues(told.form));
    send.reset();
  };
  const wrong = send.error instanceof ApiError && send.error.status === 422 ? send.error.errors : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Panel title="A payment">
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
        <div className="grid grid-cols-2 gap-x-3 gap-y-3.5 md:grid-cols-3">
          {FIELDS.map(({ name, label, number, required }) => (
            <Field
              key={name}
              label={label}
              name={name}
              required={required}
              inputMode={number ? 'decimal' : undefined}
              value={values[name] ?? ''}
              error={wrong.find(({ path }) => path === `/${name}`)?.message}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          ))}
        </div>
        <div className="mt-5 flex flex-wrap items-center gap-3">
          <Button type="submit" kind="primary" needs={['ingest']} disabled={send.isPending}>
            {send.isPending ? 'Deciding…' : 'Decide'}
          </Button>
          {story.before.length > 0 && (
            <span className="text-xs text-muted">
              Sends the {story.before.length} earlier payments of the story first.
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
