import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { actOnCases, type Case, listCases, type WholeCase } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { moneyShort, plural } from '../../lib/format.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { LoadingRows } from '../../ui/states.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { sharedWords } from './beside.tsx';
import { caseName, EntityName } from './parts.tsx';
import { useBeside } from './use-beside.ts';
import { entitiesNamed } from './work.ts';

interface Props {
  open: boolean;
  of: WholeCase;
  onClose: () => void;
  /** Where the payments are then. */
  onMerged: (into: string) => void;
}

/** Makes one case of several: those that share something with this one, or what is looked for. */
export function MergeDialog({ open, ...props }: Props) {
  return (
    <Dialog
      open={open}
      onClose={props.onClose}
      title="Merge into one case"
      note={<span className="break-all">{caseName(props.of)}</span>}
    >
      {open && <Choosing {...props} />}
    </Dialog>
  );
}

function Choosing({ of, onClose, onMerged }: Omit<Props, 'open'>) {
  const client = useQueryClient();
  const base = useBaseCurrency();
  const [text, setText] = useState('');
  const { found, busy } = useOthers(of, useSettled(text.trim(), 250));
  const [chosen, setChosen] = useState<ReadonlyMap<string, Case>>(new Map());
  const [direction, setDirection] = useState<'here' | 'there'>('here');
  const [sending, setSending] = useState(false);
  const others = [...chosen.values()];
  // Into another there is but one way: this case goes into that one.
  const into = direction === 'there' && others.length === 1 ? others[0] : of;
  const all = others.reduce((sum, one) => sum + one.transactionCount, of.transactionCount);

  const toggle = (one: Case) => {
    const next = new Map(chosen);
    if (!next.delete(one.id)) next.set(one.id, one);
    setChosen(next);
  };
  async function merge(): Promise<void> {
    setSending(true);
    const ids = into === of ? others.map(({ id }) => id) : [of.id];
    try {
      const { data, done, refused } = await actOnCases(ids, { action: 'merge', into: into.id });
      const why = data.find(({ detail }) => detail)?.detail;
      if (done > 0) told(`Merged ${plural(done, 'case')} into ${caseName(into)}`, refused > 0 ? why : undefined);
      else failed('Not merged', why === undefined ? undefined : new Error(why));
      onClose();
      if (done > 0) onMerged(into.id);
    } catch (error) {
      failed('Not merged', error);
    }
    setSending(false);
    for (const key of ['case', 'cases', 'case-stats']) void client.invalidateQueries({ queryKey: [key] });
  }

  return (
    <Form
      onSubmit={() => void merge()}
      action={others.length > 1 ? `Merge ${others.length + 1} cases` : 'Merge'}
      needs={['review']}
      disabled={sending || others.length === 0}
      onClose={onClose}
    >
      <Field
        label="Find another open case"
        type="search"
        placeholder="User, card, device or IP, as a whole"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <fieldset>
        <legend className="mb-1 text-xs font-medium text-muted">
          {text.trim() === '' ? 'Open cases that share something with it' : 'Found'}
        </legend>
        {busy && found.length === 0 ? (
          <LoadingRows rows={2} />
        ) : found.length === 0 ? (
          <p className="text-muted">{text.trim() === '' ? 'There are none.' : 'No open case names it.'}</p>
        ) : (
          <ul className="max-h-64 overflow-y-auto rounded-[7px] border border-line">
            {found.map(({ one, why }) => (
              <li key={one.id} className="border-b border-line last:border-b-0">
                <label className="flex cursor-pointer items-center gap-3 px-3 py-2 hover:bg-sunken">
                  <input
                    type="checkbox"
                    checked={chosen.has(one.id)}
                    onChange={() => toggle(one)}
                    className="size-4 shrink-0 accent-(--accent)"
                  />
                  <KindIcon kind={one.entity.type} className="size-3.5" />
                  <span className="min-w-0 flex-1">
                    <EntityName entity={one.entity} />
                    <span className="block truncate text-xs text-muted">
                      {plural(one.transactionCount, 'alert')}
                      {one.assignee && `, with ${one.assignee}`}
                      {why && `, shares ${why}`}
                    </span>
                  </span>
                  <span className="num text-xs text-muted">{moneyShort(one.amountAtRisk, base)}</span>
                </label>
              </li>
            ))}
          </ul>
        )}
      </fieldset>
      {others.length === 1 && (
        <Segmented
          label="Which one goes on"
          value={direction}
          options={[
            { value: 'here', label: 'This one goes on' },
            { value: 'there', label: 'The other goes on' },
          ]}
          onChange={setDirection}
        />
      )}
      <p aria-live="polite">
        {others.length === 0 ? (
          <span className="text-muted">Choose what belongs to the same attack.</span>
        ) : (
          <>
            <span className="font-medium break-all">{caseName(into)}</span> then holds {plural(all, 'payment')}.{' '}
            <span className="text-muted">
              A merge is not taken back as a whole: a resolution can leave payments out, which then are a case again.
            </span>
          </>
        )}
      </p>
    </Form>
  );
}

/** What may be merged with it: by what they share, or by what was typed. */
function useOthers(of: WholeCase, text: string) {
  const beside = useBeside(of);
  const looked = useQuery({
    queryKey: ['cases', 'to merge', text],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        entitiesNamed(text).map((entity) => listCases({ status: 'open', entity }, undefined, 20, signal)),
      );
      return [...new Map(pages.flatMap(({ data }) => data).map((one) => [one.id, one])).values()];
    },
    enabled: text !== '',
  });
  const found =
    text === ''
      ? beside.neighbours.map(({ one, shared }) => ({ one, why: sharedWords(shared) }))
      : (looked.data ?? []).filter(({ id }) => id !== of.id).map((one) => ({ one, why: '' }));
  return { found, busy: text === '' ? beside.busy : looked.isLoading };
}
