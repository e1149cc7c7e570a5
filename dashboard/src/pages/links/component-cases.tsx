import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Merge } from 'lucide-react';
import { useState } from 'react';
import { actOnCases, type BulkAct, type Case, listCases } from '../../api/cases.ts';
import type { LinkNode, Links } from '../../api/links.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { BulkDialog } from '../queue/bulk-dialog.tsx';
import { strongComponent } from './component.ts';

/** Of how many entities cases are looked for, the nearest first, and how many at once. */
const LOOKED = 60;
const AT_ONCE = 6;

/** Makes one case of all open ones of a component, by the same rule by which alerts join. */
export function ComponentCases({ links }: { links: Links }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Case[]>();
  const named = strongComponent(links);

  async function look(): Promise<void> {
    setBusy(true);
    try {
      const cases = await openCasesOf(named.slice(0, LOOKED));
      if (cases.length > 1) setFound(cases);
      else if (cases.length === 1) {
        told('They are one case already');
        await navigate({ to: '/queue', search: { case: cases[0].id } });
      } else told('No open case', 'None of these has a payment that waits for review.');
    } catch (error) {
      failed('Not found out', error);
    }
    setBusy(false);
  }
  async function merge(act: BulkAct, ids: string[]): Promise<void> {
    if (act.action !== 'merge') return;
    setBusy(true);
    try {
      const { data, done, refused } = await actOnCases(ids, act);
      const why = data.find(({ detail }) => detail)?.detail;
      setFound(undefined);
      if (done === 0) failed('Not merged', new Error(why));
      else {
        told(`Merged ${plural(done + 1, 'case')} into one`, refused > 0 ? why : undefined);
        await navigate({ to: '/queue', search: { case: act.into } });
      }
    } catch (error) {
      failed('Not merged', error);
    }
    setBusy(false);
    for (const key of ['case', 'cases', 'case-stats']) void client.invalidateQueries({ queryKey: [key] });
  }

  if (named.length < 2) return null;
  return (
    <>
      <Button
        small
        className="mb-2"
        needs={['review']}
        disabled={busy}
        icon={<Merge className="size-3.5" />}
        title={
          named.length > LOOKED
            ? `Looks at the ${LOOKED} nearest of ${named.length} users, cards, devices and mailboxes`
            : 'All open cases of the users, cards, devices and mailboxes that it is joined with'
        }
        onClick={() => void look()}
      >
        {busy ? 'Looking…' : 'Make one case of it…'}
      </Button>
      <BulkDialog
        kind={found && 'merge'}
        chosen={found ?? []}
        elsewhere={() => undefined}
        busy={busy}
        onClose={() => setFound(undefined)}
        onAct={(act, ids) => void merge(act, ids)}
      />
    </>
  );
}

/** The one with most payments first: it is the one that others go into, unless another is chosen. */
async function openCasesOf(nodes: LinkNode[]): Promise<Case[]> {
  const cases = new Map<string, Case>();
  for (let from = 0; from < nodes.length; from += AT_ONCE) {
    const pages = await Promise.all(
      nodes
        .slice(from, from + AT_ONCE)
        .map(({ type, id }) => listCases({ status: 'open', entity: `${type}:${id}` }, undefined, 20)),
    );
    for (const one of pages.flatMap(({ data }) => data)) cases.set(one.id, one);
  }
  return [...cases.values()].sort((a, b) => b.transactionCount - a.transactionCount);
}
