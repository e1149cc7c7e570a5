import { useInfiniteQuery, useQueries, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type Case, type CaseFilter, casesQuery, listCases } from '../../api/cases.ts';
import { isOwnAct } from '../../lib/own-acts.ts';
import { live, useLiveVersion } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { arranged, entitiesNamed, fitting } from './work.ts';

const SEARCH_PAUSE_MS = 250;
const FOUND = 20;
const NONE: ReadonlySet<string> = new Set();

/** The list of cases: it grows and is put in order only when asked to, and keeps its place as cases are resolved. */
export function useList(filter: CaseFilter | undefined, text: string) {
  const client = useQueryClient();
  const options = casesQuery(filter ?? {});
  const query = useInfiniteQuery({ ...options, staleTime: 0, enabled: filter !== undefined });
  useLiveRefresh(options.queryKey, 3_000, () => live.totals().alerts + live.totals().cases);
  useLiveVersion();
  const [finished, setFinished] = useState<ReadonlySet<string>>(new Set());
  const done = filter?.status === 'open' ? finished : NONE;
  const [order, setOrder] = useState<{ of: string; ids: string[] }>();
  const known = useRef(new Map<string, Case>());
  const found = useFound(filter, text);

  const name = JSON.stringify(filter ?? null);
  const pages = filter && query.data?.pages;
  const fresh = (pages?.flatMap(({ data }) => data) ?? []).filter(({ id }) => !done.has(id));
  for (const one of [...fresh, ...found.cases]) known.current.set(one.id, one);
  const mine = order?.of === name ? order.ids : [];
  const items = arranged(mine, known.current, done);
  const take = () => setOrder({ of: name, ids: fresh.map(({ id }) => id) });
  // The first list is taken as it comes, and so is any while there is nothing to disturb. A further page is asked for.
  const asked = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the list changes
  useEffect(() => {
    if (!pages) return;
    if (items.length === 0) take();
    else if (asked.current) setOrder({ of: name, ids: [...new Set([...mine, ...fresh.map(({ id }) => id)])] });
    asked.current = false;
  }, [pages, name]);

  const listed = new Set(mine);
  const shown = fitting(items, text.trim().toLowerCase());
  const more = found.cases.filter(({ id }) => !done.has(id) && !shown.some((one) => one.id === id));
  return {
    query,
    items: [...shown, ...more],
    searching: found.busy,
    arrived: fresh.filter(({ id }) => !listed.has(id)).length,
    load() {
      take();
      void client.invalidateQueries({ queryKey: ['cases'] });
    },
    loadMore() {
      asked.current = true;
      void query.fetchNextPage();
    },
    /** The reader is through with it. */
    finish: (id: string) => setFinished((before) => new Set(before).add(id)),
    /** And is not, after all. */
    unfinish: (id: string) => setFinished((before) => new Set([...before].filter((one) => one !== id))),
    /** What the feed says somebody did to it since it was read. */
    elsewhere({ id, version }: Case): string | undefined {
      const change = live.case(id);
      if (!change || !(change.version > version) || isOwnAct(id, change.version)) return undefined;
      if (change.status === 'resolved') return `resolved as ${change.resolution}`;
      return change.assignee ? `with ${change.assignee}` : undefined;
    },
  };
}

/** Cases with a payment that names what is searched for. The server knows them all, the list only what it shows. */
function useFound(filter: CaseFilter | undefined, text: string): { cases: Case[]; busy: boolean } {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const results = useQueries({
    queries: (filter ? entitiesNamed(settled) : []).map((entity) => ({
      queryKey: ['cases', 'found', filter, entity],
      queryFn: ({ signal }: { signal: AbortSignal }) => listCases({ ...filter, entity }, undefined, FOUND, signal),
    })),
  });
  const cases = new Map(results.flatMap(({ data }) => data?.data ?? []).map((one) => [one.id, one]));
  const busy = text.trim() !== settled || results.some(({ isLoading }) => isLoading);
  return { cases: text.trim() === settled ? [...cases.values()] : [], busy };
}
