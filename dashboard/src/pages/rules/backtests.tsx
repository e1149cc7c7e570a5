import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { useState } from 'react';
import { type BacktestBody, backtestQuery, cancelBacktest, isAbsent, startBacktest } from '../../api/backtests.ts';
import { type Rule, rulesQuery } from '../../api/policy.ts';
import { modelsQuery } from '../../api/queries.ts';
import { percent } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Empty, Failed, LoadingBlock } from '../../ui/states.tsx';
import { failed } from '../../ui/toast.tsx';
import { timeOf } from './draft.ts';
import { Basis, MoneyBars, MovedTable, Notes, OverTime, RuleEffects, Samples, WasAndWould } from './effect.tsx';
import { ModeBadge } from './mode-badge.tsx';
import { useRights } from './rights.ts';
import { Segments } from './segments.tsx';
import { PolicyHeader } from './tabs.tsx';
import { shareOf, ThresholdFields } from './threshold-fields.tsx';

/** A whole policy over the recorded past. */
export function Backtests() {
  const { id } = useSearch({ from: '/rules/backtests' });
  const rules = useQuery(rulesQuery());
  return (
    <>
      <PolicyHeader title="Backtests" note="What another policy would have done with the decisions that were made." />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(20rem,1fr)_minmax(0,2fr)]">
        {rules.error && !rules.data ? (
          <Panel>
            <Failed error={rules.error} retry={() => void rules.refetch()} />
          </Panel>
        ) : (
          <Question key={rules.data ? 'known' : 'unknown'} rules={rules.data?.data ?? []} />
        )}
        {id ? (
          <Answer key={id} id={id} />
        ) : (
          <Panel>
            <Empty icon={<History />} title="Ask what would have been">
              Choose which rules decide, other thresholds or another model, and a time. The answer tells which payments
              change sides, what they turned out to be, and what it would have cost.
            </Empty>
          </Panel>
        )}
      </div>
    </>
  );
}

const ASKED = { from: '', to: '', review: '', decline: '', model: '', mode: 'stored' };

function Question({ rules }: { rules: Rule[] }) {
  const navigate = useNavigate();
  const { draft } = useRights();
  const models = useQuery(modelsQuery()).data;
  const [chosen, setChosen] = useState(() => new Set(rules.filter(({ mode }) => mode === 'live').map(({ id }) => id)));
  const [form, setForm] = useState(ASKED);
  const set = (name: keyof typeof form) => (event: { target: { value: string } }) =>
    setForm((before) => ({ ...before, [name]: event.target.value }));
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => startBacktest(bodyOf(rules, chosen, form)),
    onSuccess: ({ id }) => navigate({ to: '/rules/backtests', search: { id } }),
  });
  return (
    <Panel title="What if">
      <Form
        onSubmit={mutate}
        action="Run"
        error={isAbsent(error) ? new Error('Backtests are not available on this server.') : error}
        needs={draft ? [] : ['policy']}
        disabled={isPending}
      >
        <fieldset>
          <legend className="mb-1 text-xs font-medium text-muted">These rules decide</legend>
          {rules.length === 0 && <p className="text-muted">There are no rules: the model decides alone.</p>}
          <ul className="max-h-72 overflow-y-auto">
            {rules.map(({ id, name, mode }) => (
              <li key={id}>
                <label className="flex items-center gap-2 py-1">
                  <input
                    type="checkbox"
                    className="size-4 accent-(--accent)"
                    checked={chosen.has(id)}
                    onChange={() =>
                      setChosen((before) => {
                        const next = new Set(before);
                        if (!next.delete(id)) next.add(id);
                        return next;
                      })
                    }
                  />
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <ModeBadge mode={mode} />
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <div className="grid grid-cols-2 gap-3">
          <Field label="From the day" type="date" value={form.from} onChange={set('from')} />
          <Field label="To, with that day" type="date" value={form.to} onChange={set('to')} />
          <ThresholdFields
            values={form}
            placeholders={{ review: 'as it is', decline: 'as it is' }}
            onChange={(change) => setForm((before) => ({ ...before, ...change }))}
          />
          <Choice label="Model" className="w-full" value={form.model} onChange={set('model')}>
            <option value="">As it was</option>
            {models?.data.map(({ version }) => (
              <option key={version} value={version}>
                {version.slice(0, 12)}
                {version === models.champion ? ', decides now' : ''}
              </option>
            ))}
          </Choice>
          <Choice label="Features" className="w-full" value={form.mode} onChange={set('mode')}>
            <option value="stored">As recorded</option>
            <option value="recomputed">Computed anew</option>
          </Choice>
        </div>
      </Form>
    </Panel>
  );
}

/** Rules as they are, but for those that are to decide and do not, and the other way about. */
function bodyOf(rules: Rule[], chosen: Set<string>, form: typeof ASKED): BacktestBody {
  const add = rules
    .filter(({ id, mode }) => chosen.has(id) && mode !== 'live')
    .map(
      ({ id, name, when, outcome, priority, reason, rollout, suppress, hard, actions, validFrom, validTo, tags }) => ({
        ...{ id, name, when, outcome, priority, reason, rollout, suppress, hard, actions, validFrom, validTo, tags },
        mode: 'live' as const,
      }),
    );
  const remove = rules.filter(({ id, mode }) => !chosen.has(id) && mode === 'live').map(({ id }) => id);
  const share = (text: string) => shareOf(text) ?? undefined;
  const thresholds = { review: share(form.review), decline: share(form.decline) };
  return {
    ...(add.length > 0 ? { add } : {}),
    ...(remove.length > 0 ? { remove } : {}),
    ...(thresholds.review !== undefined || thresholds.decline !== undefined ? { thresholds } : {}),
    ...(form.model ? { model: form.model } : {}),
    ...(form.from ? { from: timeOf(`${form.from}T00:00:00`)! } : {}),
    ...(form.to ? { to: timeOf(`${form.to}T23:59:59.999`)! } : {}),
    mode: form.mode === 'recomputed' ? 'recomputed' : 'stored',
    samples: 20,
  };
}

function Answer({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(backtestQuery(id));
  const cancel = useMutation({
    mutationFn: () => cancelBacktest(id),
    onError: (fault) => failed('Not cancelled', fault),
    onSettled: () => void refetch(),
  });
  if (error && !data)
    return (
      <Panel>
        <Failed error={error} retry={() => void refetch()} />
      </Panel>
    );
  if (!data) return <LoadingBlock height={240} />;
  if (data.status === 'running')
    return (
      <Panel title="Running" note={data.mode === 'stored' ? 'from what was recorded' : 'everything computed anew'}>
        <div className="flex items-center gap-4">
          <progress
            className="h-2 min-w-0 flex-1 accent-(--accent)"
            max={1}
            value={data.progress}
            aria-label="Progress"
          />
          <span className="num w-12 text-right">{percent(data.progress)}</span>
          <Button small disabled={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        </div>
      </Panel>
    );
  const { result } = data;
  if (!result)
    return (
      <Panel title={data.status === 'cancelled' ? 'Cancelled' : 'It failed'}>
        <p className="text-muted">{data.error ?? 'There is no answer.'}</p>
      </Panel>
    );
  return (
    <div className="grid min-w-0 gap-4">
      <Panel title="Decisions" note={<Basis effect={result} />}>
        <div className="grid gap-4">
          <WasAndWould effect={result} />
          <Notes {...result} />
        </div>
      </Panel>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="What changes sides" note="by what they turned out to be">
          <MovedTable moved={result.moved} />
        </Panel>
        <Panel title="Money">
          <MoneyBars effect={result} />
        </Panel>
      </div>
      <Panel title="Rules" note="each alone, and on top of the others" flush>
        <RuleEffects rules={result.rules} />
      </Panel>
      <OverTime series={result.series} />
      <Segments segments={result.segments} />
      <Samples samples={result.samples} />
    </div>
  );
}
