import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { PACK } from '../../../../src/policy/pack.ts';
import { createRule } from '../../api/policy.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { PageHeader } from '../../ui/bits.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { BLANK, contentOf, type Draft, draftOf, idOf } from './draft.ts';
import { useRights } from './rights.ts';
import { RuleForm } from './rule-form.tsx';
import { tellSaved } from './saved.ts';
import { WayBack } from './way-back.tsx';

/** From nothing, or from one of the pack. */
export function NewRule() {
  const { from } = useSearch({ from: '/rules/new' });
  const given = PACK.find((one) => one.id === from);
  return (
    <>
      <WayBack />
      <PageHeader title="New rule" note={given ? given.words : 'It decides nothing until its mode is live.'} />
      <Form key={from} start={given ? draftOf(packed(given.content)) : BLANK} startId={given?.id ?? ''} />
    </>
  );
}

/** Rules of the pack have no time bounds, which they hold in milliseconds. */
const packed = (content: (typeof PACK)[number]['content']) => ({
  ...content,
  ...{ validFrom: null, validTo: null, actions: [...content.actions], tags: [...content.tags] },
});

function Form({ start, startId }: { start: Draft; startId: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const base = useBaseCurrency();
  const { draft: mayDraft, needs } = useRights();
  const [draft, setDraft] = useState(start);
  const [ownId, setOwnId] = useState(startId);
  const id = ownId.trim() || idOf(draft.name);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: () => createRule({ ...contentOf(draft), ...(id ? { id } : {}) }),
    onSuccess: (rule) => {
      tellSaved(rule, base);
      for (const key of ['rules', 'policy']) void client.invalidateQueries({ queryKey: [key] });
      void navigate({ to: '/rules/edit/$id', params: { id: rule.id } });
    },
  });
  return (
    <RuleForm
      draft={draft}
      onChange={(change) => {
        setDraft((before) => ({ ...before, ...change }));
        if (error) reset();
      }}
      error={error}
      readOnly={!mayDraft}
      actions={(check) => (
        <>
          <Button
            kind="primary"
            needs={needs(draft.mode === 'live')}
            disabled={isPending || draft.name.trim() === '' || !check?.ok}
            title={check?.ok ? undefined : 'Once it has a name and its expression checks'}
            onClick={() => mutate()}
          >
            Save
          </Button>
          <Link to="/rules" className={buttonClass('plain')}>
            Cancel
          </Link>
        </>
      )}
    >
      <Field
        label="Id"
        maxLength={100}
        className="id"
        placeholder={idOf(draft.name) || 'made of its name'}
        value={ownId}
        hint="Decisions name the rule by it; it stays."
        onChange={(event) => setOwnId(event.target.value)}
      />
    </RuleForm>
  );
}
