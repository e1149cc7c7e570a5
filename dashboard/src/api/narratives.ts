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
  /** Why the one that was asked just now wrote nothing that is shown. */
  failure?: { code: string; text: string };
}

/** What is told: a payment or a case. */
export interface Told {
  kind: 'transaction' | 'case';
  id: string;
  /** Payments of the case: one that has grown is told anew. */
  size?: number;
}

/** `ask`: a language model is asked; otherwise what is there already, or the template's text. */
export async function fetchNarrative({ kind, id }: Told, ask: boolean, signal?: AbortSignal): Promise<Narrative> {
  const name = encodeURIComponent(id);
  const how = query({ narrate: ask ? 'true' : 'kept' });
  if (kind === 'case') return call<Narrative>(`/api/cases/${name}/summary${how}`, { signal });
  const { narrative } = await call<{ narrative: Narrative }>(`/api/transactions/${name}/explanation${how}`, { signal });
  return narrative;
}

export const narrativeQuery = (told: Told) =>
  queryOptions({
    queryKey: ['narrative', told.kind, told.id, told.size],
    queryFn: ({ signal }) => fetchNarrative(told, false, signal),
  });
