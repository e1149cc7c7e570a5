import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type LabelInput, labelTransaction } from '../../api/queries.ts';
import type { Page, Transaction } from '../../api/types.ts';
import { live, useLiveVersion } from '../../live/live.ts';
import { failed, told } from '../../ui/toast.tsx';
import { AlreadyResolved, type Resolution, refreshAfter, resolve } from '../decision/resolve.ts';

/**
 * The work list: a copy of the alerts that grows only when asked to, shrinks as they are resolved, and keeps its place.
 * What is resolved goes at once and comes back if the server refuses.
 */
export function useWork(data: Page<Transaction> | undefined, client: QueryClient) {
  useLiveVersion();
  const [items, setItems] = useState<Transaction[]>([]);
  const [selected, select] = useState<string>();
  const [dialog, ask] = useState<'label' | 'override'>();
  const [busy, setBusy] = useState(false);
  /** Resolved here: a list that was asked for before must not bring them back. */
  const done = useRef(new Set<string>());
  const loaded = useRef<Set<string>>(undefined);

  const fresh = (data?.data ?? []).filter(({ id }) => !done.current.has(id));
  const load = () => {
    loaded.current = new Set(fresh.map(({ id }) => id));
    setItems(fresh);
    void client.invalidateQueries({ queryKey: ['alerts'] });
  };
  // The first list is taken as it comes, and so is any while there is nothing to disturb.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the list changes
  useEffect(() => {
    if (data && (!loaded.current || items.length === 0)) {
      loaded.current = new Set(fresh.map(({ id }) => id));
      setItems(fresh);
    }
  }, [data]);

  async function settle(
    transaction: Transaction,
    next: string | undefined,
    action: () => Promise<string>,
  ): Promise<void> {
    done.current.add(transaction.id);
    setItems((before) => before.filter(({ id }) => id !== transaction.id));
    if (next) select(next);
    ask(undefined);
    try {
      told(await action());
    } catch (error) {
      failed('Not resolved', error);
      if (!(error instanceof AlreadyResolved)) {
        done.current.delete(transaction.id);
        setItems((before) => [...before, transaction]);
        select(transaction.id);
      }
    } finally {
      setBusy(false);
      refreshAfter(client, transaction.id);
    }
  }

  return {
    items,
    selected,
    select,
    dialog,
    ask,
    busy,
    load,
    arrived: fresh.filter(({ id }) => !loaded.current?.has(id)).length,
    /** What the feed says somebody did to it since. */
    elsewhere: (id: string): string | undefined => {
      const row = live.get(id);
      if (row?.label) return `labelled ${row.label}`;
      return row?.status === 'finalized' ? 'finalized' : undefined;
    },
    resolve: (transaction: Transaction, resolution: Resolution, next: string | undefined) =>
      void settle(transaction, next, async () => {
        await resolve(transaction, resolution);
        return resolution.as === 'approve' ? 'Approved and finalized' : 'Declined and labelled as fraud';
      }),
    label: (transaction: Transaction, label: LabelInput, next: string | undefined) =>
      void settle(transaction, next, async () => {
        await labelTransaction(transaction.id, label);
        return `Labelled ${label.label}`;
      }),
  };
}
