import { useSyncExternalStore } from 'react';

/** What was typed and not sent yet, by case: it outlives a conflict, another selection and another page. */
const drafts = new Map<string, string>();
const listeners = new Set<() => void>();
const MAX_DRAFTS = 200;

const name = (caseId: string, field: 'note' | 'comment') => `${field} ${caseId}`;

export function setDraft(caseId: string, field: 'note' | 'comment', text: string): void {
  const key = name(caseId, field);
  drafts.delete(key);
  if (text !== '') drafts.set(key, text);
  if (drafts.size > MAX_DRAFTS) drafts.delete(drafts.keys().next().value!);
  for (const listener of listeners) listener();
}

export const draft = (caseId: string, field: 'note' | 'comment'): string => drafts.get(name(caseId, field)) ?? '';

export function useDraft(caseId: string, field: 'note' | 'comment'): [string, (text: string) => void] {
  const text = useSyncExternalStore(subscribe, () => draft(caseId, field));
  return [text, (next) => setDraft(caseId, field, next)];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
