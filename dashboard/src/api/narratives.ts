import { queryOptions } from '@tanstack/react-query';
import { call, query } from './client.ts';

/** A decision or a case in words, beside its reasons. */
export interface Narrative {
  summary: string;
  /** Codes of the reasons that it is about. */
  signals: string[];
  checks: { code: string; text: string }[];
  confidence: 'low' | 'medium' | 'high';
  source: 'template' | 'model';
  /** The language model that wrote it. */
  model?: string;
  /** The language model that can be asked. */
  narrator?: string;
}

/** What is told: a payment or a case. */
export interface Told {
  kind: 'transaction' | 'case';
  id: string;
}

/** `ask`: a language model is asked; otherwise what is there already, or the template's text. */
export async function fetchNarrative({ kind, id }: Told, ask: boolean, signal?: AbortSignal): Promise<Narrative> {
  const name = encodeURIComponent(id);
  const how = query({ narrate: ask ? 'true' : 'kept' });
  if (kind === 'case') return call<Narrative>(`/api/cases/${name}/summary${how}`, { signal });
  const { narrative } = await call<{ narrative: Narrative }>(`/api/transactions/${name}/explanation${how}`, { signal });
  return narrative;
}

const RECHECK_MS = 4_000;

/** While `fresh`, a language model may be about to write: it is looked for again. */
export const narrativeQuery = (told: Told, fresh = false) =>
  queryOptions({
    queryKey: ['narrative', told.kind, told.id],
    queryFn: ({ signal }) => fetchNarrative(told, false, signal),
    refetchInterval: ({ state: { data } }) =>
      fresh && data?.source === 'template' && data.narrator !== undefined ? RECHECK_MS : false,
  });
