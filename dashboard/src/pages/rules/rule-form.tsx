import type { ReactNode } from 'react';
import { faultsOf } from '../../api/client.ts';
import type { Check } from '../../api/policy.ts';
import { Panel } from '../../ui/bits.tsx';
import { Field, Labelled } from '../../ui/field.tsx';
import { contentOf, type Draft } from './draft.ts';
import { Expression, useCheck } from './expression.tsx';
import { RuleFields } from './form.tsx';
import { Preview } from './preview.tsx';
import { useRights } from './rights.ts';

interface Props {
  id?: string;
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  /** Of the last attempt to save. */
  error: Error | null;
  readOnly: boolean;
  /** Beside the name. */
  children?: ReactNode;
  /** Under the preview. */
  aside?: ReactNode;
  actions: (check: Check | undefined) => ReactNode;
}

/** The rule to the left, what it would have done to the right. */
export function RuleForm({ id, draft, onChange, error, readOnly, children, aside, actions }: Props) {
  const { live } = useRights();
  const { check, error: uncheckable } = useCheck(draft.when);
  const fault = faultsOf(error);
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.5fr)_minmax(22rem,1fr)]">
      <Panel title="The rule">
        <fieldset disabled={readOnly} className="grid min-w-0 gap-5">
          <legend className="sr-only">The rule</legend>
          <Field
            label="Name"
            maxLength={200}
            placeholder="Card testing on one device"
            value={draft.name}
            error={fault.at('/name')}
            onChange={(event) => onChange({ name: event.target.value })}
          />
          {children}
          <Labelled label="When">
            <Expression
              value={draft.when}
              onChange={(when) => onChange({ when })}
              check={check}
              failed={uncheckable}
              readOnly={readOnly}
            />
          </Labelled>
          <RuleFields draft={draft} onChange={onChange} fault={fault.at} mayLive={live} />
        </fieldset>
        {error && (
          <p role="alert" className="mt-4 rounded-md bg-decline-soft px-3 py-2 text-decline">
            {error.message}
          </p>
        )}
        <div className="mt-5 flex flex-wrap items-center gap-2 border-t border-line pt-4">{actions(check)}</div>
      </Panel>
      <div className="grid min-w-0 gap-4">
        <Preview id={id} content={contentOf(draft)} checks={check?.ok ?? false} />
        {aside}
      </div>
    </div>
  );
}
