import { linkOptions } from '@tanstack/react-router';
import type { Hit } from '../../api/search.ts';

/** What can be put on a list. */
export const isEntity = ({ type, entity }: Hit): boolean =>
  !['case', 'transaction', 'note'].includes(type) || entity !== undefined;

/** The page of what was found: a note's is what it is about. `listed`: to put an entity on a list there. */
export function placeOf({ type, id, caseId, transactionId, entity }: Hit, listed = false) {
  const ofCase = type === 'case' ? id : type === 'note' ? caseId : undefined;
  if (ofCase !== undefined) return linkOptions({ to: '/queue', search: { case: ofCase } });
  const ofPayment = type === 'transaction' ? id : type === 'note' ? transactionId : undefined;
  if (ofPayment !== undefined) return linkOptions({ to: '/decisions/$id', params: { id: ofPayment } });
  // What a note is about, or the entity that was found itself.
  const params = entity ?? { type, id };
  return linkOptions({ to: '/entities/$type/$id', params, search: listed ? { list: true } : {} });
}

/** The one that is meant where a name is typed out whole; else the first. */
export function likeliest(hits: readonly Hit[], q: string): number {
  const wanted = q.toLowerCase();
  return Math.max(
    0,
    hits.findIndex(({ id, email }) => id.toLowerCase() === wanted || email?.toLowerCase() === wanted),
  );
}
