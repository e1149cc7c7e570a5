import type { ReactNode } from 'react';
import type { RuleMode } from '../../api/policy.ts';
import type { Outcome } from '../../api/types.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Choice, Field, Labelled, Tick } from '../../ui/field.tsx';
import { OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';
import type { Draft } from './draft.ts';
import { ENTITIES } from './editor/vocabulary.ts';
import { MODES } from './mode-badge.tsx';

interface Props {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  /** By path, as the server said it. */
  fault: (path: string) => string | undefined;
  mayLive: boolean;
}

const OUTCOME_OPTIONS = (['approve', 'review', 'decline'] as const satisfies readonly Outcome[]).map((value) => ({
  value,
  label: (
    <span className="inline-flex items-center gap-1.5">
      <OutcomeMark outcome={value} className="size-2" />
      {OUTCOMES[value].word}
    </span>
  ),
}));
const MODE_OPTIONS = (['off', 'shadow', 'live'] as const satisfies readonly RuleMode[]).map((value) => ({
  ...{ value, label: MODES[value].word, title: MODES[value].means },
}));

/** Everything of a rule beside its expression. */
export function RuleFields({ draft, onChange, fault, mayLive }: Props) {
  const set = (name: keyof Draft) => (event: { target: { value: string } }) => onChange({ [name]: event.target.value });
  const modes = mayLive || draft.mode === 'live' ? MODE_OPTIONS : MODE_OPTIONS.filter(({ value }) => value !== 'live');
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap gap-x-6 gap-y-4">
        <Labelled label="Outcome">
          <Segmented
            label="Outcome"
            value={draft.outcome}
            options={OUTCOME_OPTIONS}
            onChange={(outcome) => onChange({ outcome })}
          />
        </Labelled>
        <Labelled label="Mode" hint={`${MODES[draft.mode].word}: ${MODES[draft.mode].means}`}>
          <Segmented label="Mode" value={draft.mode} options={modes} onChange={(mode) => onChange({ mode })} />
        </Labelled>
        <div className="w-28">
          <Field
            label="Priority"
            type="number"
            step={1}
            min={-1000}
            max={1000}
            value={draft.priority}
            error={fault('/priority')}
            onChange={set('priority')}
          />
        </div>
      </div>
      {draft.outcome === 'approve' && Number(draft.priority) < 1 && (
        <p className="-mt-2 rounded-md bg-review-soft px-3 py-2 text-xs text-review">
          The model speaks at priority 0, and among equals the strictest wins: a rule that approves needs a priority of
          1 or more to be heard.
        </p>
      )}
      <Field
        label="Reason"
        placeholder="many cards on this device"
        hint="What the decision says where this rule decides."
        maxLength={500}
        value={draft.reason}
        error={fault('/reason')}
        onChange={set('reason')}
      />
      <details className="group" open={isTuned(draft)}>
        <summary className="w-fit rounded text-sm font-medium text-muted hover:text-ink">
          Rollout, alerts, actions, validity
        </summary>
        <div className="mt-4 grid gap-5">
          <div className="grid gap-4 sm:grid-cols-2">
            <Pair
              first={
                <Field
                  label="Rollout, percent"
                  type="number"
                  min={0}
                  max={100}
                  step="any"
                  placeholder="100"
                  value={draft.percent}
                  error={fault('/rollout/percent') ?? fault('/rollout')}
                  hint="The rest is recorded as in shadow."
                  onChange={set('percent')}
                />
              }
              second={<Entity label="of every" value={draft.rolloutBy} onChange={set('rolloutBy')} />}
            />
            <Pair
              first={
                <Entity
                  label="One alert for each"
                  none="payment"
                  value={draft.suppressBy}
                  onChange={set('suppressBy')}
                />
              }
              second={
                <Field
                  label="in hours"
                  type="number"
                  min={0}
                  step="any"
                  disabled={draft.suppressBy === ''}
                  value={draft.suppressHours}
                  error={fault('/suppress/seconds') ?? fault('/suppress')}
                  hint="Decisions stay as they are."
                  onChange={set('suppressHours')}
                />
              }
            />
            <Field
              label="Valid from"
              type="datetime-local"
              step={1}
              value={draft.validFrom}
              error={fault('/validFrom')}
              hint="Your time; empty: from the start."
              onChange={set('validFrom')}
            />
            <Field
              label="Valid to"
              type="datetime-local"
              step={1}
              value={draft.validTo}
              error={fault('/validTo')}
              hint="Empty: for good."
              onChange={set('validTo')}
            />
            <Field
              label="Actions"
              placeholder="request_3ds"
              value={draft.actions}
              error={faultOf(fault, '/actions')}
              hint="Asked for beside the outcome; commas between."
              onChange={set('actions')}
            />
            <Field
              label="Tags"
              placeholder="velocity"
              value={draft.tags}
              error={faultOf(fault, '/tags')}
              hint="Commas between."
              onChange={set('tags')}
            />
          </div>
          <Tick
            label="Hard: beats every priority"
            hint="For sanctions and cards known to be stolen. Only declines can be hard."
            checked={draft.hard && draft.outcome === 'decline'}
            disabled={draft.outcome !== 'decline'}
            onChange={(event) => onChange({ hard: event.target.checked })}
          />
        </div>
      </details>
    </div>
  );
}

const isTuned = (draft: Draft): boolean =>
  [draft.percent, draft.suppressBy, draft.actions, draft.validFrom, draft.validTo, draft.tags].some(
    (text) => text !== '',
  ) || draft.hard;

const faultOf = (fault: Props['fault'], path: string): string | undefined =>
  [path, ...Array.from({ length: 20 }, (_, i) => `${path}/${i}`)].map(fault).find((words) => words !== undefined);

const Pair = ({ first, second }: { first: ReactNode; second: ReactNode }) => (
  <div className="grid grid-cols-2 items-start gap-2">
    {first}
    {second}
  </div>
);

function Entity({
  none,
  ...choice
}: {
  label: string;
  none?: string;
  value: string;
  onChange: (event: { target: { value: string } }) => void;
}) {
  const known = choice.value === '' || ENTITIES.includes(choice.value);
  return (
    <Choice {...choice} className="w-full">
      {none && <option value="">{none}</option>}
      {!known && <option>{choice.value}</option>}
      {ENTITIES.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Choice>
  );
}
