import { queryOptions } from '@tanstack/react-query';
import type { Case, CaseResolution } from './cases.ts';
import { call, query, randomKey } from './client.ts';

/** Which cases a queue has; null: it does not ask. Amounts in the base currency. */
export interface QueueRules {
  name: string;
  rules: string[] | null;
  minAmount: number | null;
  maxAmount: number | null;
  minScore: number | null;
  members: string[];
  mode: 'pull' | 'round-robin';
  /** A member with so many open cases is given no more. */
  capacity: number | null;
}

export interface Queue extends QueueRules {
  id: string;
  version: number;
  /** Who was given a case last. */
  turn: string | null;
  byName: string | null;
  load: { open: number; unassigned: number; overdue: number };
}

export interface Absence {
  name: string;
  until: string | null;
}

export interface Desk {
  data: Queue[];
  /** Those who are away now. */
  absences: Absence[];
  /** Open cases of each member. */
  open: Record<string, number>;
}

export const queuesQuery = () =>
  queryOptions({
    queryKey: ['case-stats', 'queues'],
    queryFn: ({ signal }) => call<Desk>('/api/queues', { signal }),
    staleTime: 10_000,
  });

export const saveQueue = (rules: QueueRules, known?: Pick<Queue, 'id' | 'version'>) =>
  known
    ? call<Queue>(`/api/queues/${encodeURIComponent(known.id)}`, {
        method: 'PUT',
        body: { ...rules, version: known.version },
      })
    : call<Queue>('/api/queues', { method: 'POST', body: rules, idempotencyKey: randomKey() });
export const deleteQueue = (id: string) => call<void>(`/api/queues/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** `until` null: until they are back. */
export const setAway = (member: string, until: string | null) =>
  call<Absence>(`/api/queues/absences/${encodeURIComponent(member)}`, { method: 'PUT', body: { until } });
export const setBack = (member: string) =>
  call<void>(`/api/queues/absences/${encodeURIComponent(member)}`, { method: 'DELETE' });

/** The most urgent case that nobody has; null where there is none. */
export const nextCase = (assignee: string, queue?: string) =>
  call<{ case: Case | null; queue: { id: string; name: string } | null }>('/api/queues/next', {
    method: 'POST',
    body: { assignee, queue },
    idempotencyKey: randomKey(),
  });

export interface Template {
  id: string;
  version: number;
  name: string;
  text: string;
}

export const templatesQuery = () =>
  queryOptions({
    queryKey: ['templates'],
    queryFn: async ({ signal }) => (await call<{ data: Template[] }>('/api/templates', { signal })).data,
    staleTime: 60_000,
  });
export const saveTemplate = (body: Pick<Template, 'name' | 'text'>, known?: Template) =>
  known
    ? call<Template>(`/api/templates/${encodeURIComponent(known.id)}`, {
        method: 'PUT',
        body: { ...body, version: known.version },
      })
    : call<Template>('/api/templates', { method: 'POST', body, idempotencyKey: randomKey() });
export const deleteTemplate = (id: string) =>
  call<void>(`/api/templates/${encodeURIComponent(id)}`, { method: 'DELETE' });

/** A word for why; of any resolution where it names none. */
export interface CaseReason {
  resolution?: CaseResolution;
  word: string;
}

export const reasonsQuery = () =>
  queryOptions({
    queryKey: ['case-reasons'],
    queryFn: async ({ signal }) => (await call<{ data: CaseReason[] }>('/api/cases/reasons', { signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface CaseOutcome {
  resolution: CaseResolution;
  reason: string | null;
  by: string | null;
  byName: string | null;
  cases: number;
  transactions: number;
  amount: number;
}

export const outcomesQuery = (window: string) =>
  queryOptions({
    queryKey: ['case-stats', 'outcomes', window],
    queryFn: async ({ signal }) =>
      (await call<{ data: CaseOutcome[] }>(`/api/cases/outcomes${query({ window })}`, { signal })).data,
  });

/** What somebody wrote of an entity, or calls it in a word. */
export interface EntityNote {
  id: string;
  kind: 'note' | 'label';
  text: string;
  at: string;
  byName: string | null;
  mine: boolean;
}

const notesPath = (type: string, id: string) =>
  `/api/entities/${encodeURIComponent(type)}/${encodeURIComponent(id)}/notes`;

export const entityNotesQuery = (type: string, id: string) =>
  queryOptions({
    queryKey: ['entity-notes', type, id],
    queryFn: ({ signal }) => call<{ data: EntityNote[]; suggested: string[] }>(notesPath(type, id), { signal }),
  });
export const addEntityNote = (type: string, id: string, body: Pick<EntityNote, 'kind' | 'text'>) =>
  call<EntityNote>(notesPath(type, id), { method: 'POST', body, idempotencyKey: randomKey() });
export const removeEntityNote = (type: string, id: string, note: string) =>
  call<void>(`${notesPath(type, id)}/${encodeURIComponent(note)}`, { method: 'DELETE' });

/** `stolen_card` as people say it. */
export const reasonWords = (word: string): string => word.replaceAll(/[_-]/g, ' ');
