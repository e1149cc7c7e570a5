import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { actOnCase, type Case, type CaseAct, caseQuery, readCase, type WholeCase } from '../../api/cases.ts';
import { ApiError } from '../../api/client.ts';
import { isOwnAct, ownSince, useOwnActs } from '../../lib/own-acts.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { failed } from '../../ui/toast.tsx';
import { setDraft } from './drafts.ts';
import { type Changes, changesSince, onlyOwn } from './work.ts';

/** What the reader wanted when somebody else had been faster, and what that was. */
export interface Conflict {
  wanted: CaseAct;
  changes: Changes;
}

/**
 * A case as the reader sees it. What others do to it is announced and not slipped in, so that a change always carries
 * the version in sight, and what this reader did since; where that is stale, the server refuses and they are told what happened
 * meanwhile.
 */
export function useCase(id: string) {
  const client = useQueryClient();
  const query = useQuery(caseQuery(id));
  useLiveRefresh(['case', id], 1_500, () => live.totals().alerts + live.totals().cases);
  const { data } = query;
  const [seen, setSeen] = useState<WholeCase>();
  const [conflict, setConflict] = useState<Conflict>();
  const [busy, setBusy] = useState(false);
  const own = useOwnActs();

  // Payments that join do not change what people agreed on, and one's own acts are known: those are taken in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is known to be one's own changes apart from the case
  useEffect(() => {
    if (!data) return;
    const known = (before: WholeCase) =>
      data.version >= before.version && onlyOwn(changesSince(before, data, isOwnAct));
    setSeen((before) => (!before || known(before) ? data : before));
  }, [data, own.changes]);

  const shown = seen ?? data;
  // While an act of one's own is under way, the feed may be quicker than its answer.
  const changes =
    seen && data && !own.underWay && data.version > seen.version ? changesSince(seen, data, isOwnAct) : undefined;
  const waiting = changes && !onlyOwn(changes) ? changes : undefined;

  /** The case then. Undefined where it was not done: the reader is told why; what they typed stays. */
  async function act(
    wanted: CaseAct,
    as: Pick<Case, 'id' | 'version' | 'transactionCount'>,
  ): Promise<Case | undefined> {
    setBusy(true);
    try {
      const now = await actOnCase(wanted, { ...as, version: ownSince(id, as.version) });
      if (wanted.kind === 'comment') setDraft(id, 'comment', '');
      if (wanted.kind === 'resolve') setDraft(id, 'note', '');
      setConflict(undefined);
      if (now.id === id) setSeen((before) => before && { ...before, ...now });
      void client.invalidateQueries({ queryKey: ['case', id] });
      return now;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) await tell(wanted, as, error);
      else failed('Not done', error);
      return undefined;
    } finally {
      setBusy(false);
      for (const key of ['cases', 'case-stats']) void client.invalidateQueries({ queryKey: [key] });
    }
  }

  async function tell(wanted: CaseAct, as: Pick<Case, 'version' | 'transactionCount'>, error: ApiError) {
    try {
      const now = await readCase(id);
      client.setQueryData(caseQuery(id).queryKey, now);
      setSeen(now);
      setConflict({ wanted, changes: changesSince(as, now, isOwnAct) });
    } catch {
      failed('Nothing was changed', error);
    }
  }

  return {
    query,
    shown,
    /** What others did since, not shown yet. */
    waiting,
    /** Shows it. */
    takeIn: () => data && setSeen(data),
    act,
    busy,
    conflict,
    dismiss: () => setConflict(undefined),
  };
}

export type Work = ReturnType<typeof useCase>;
