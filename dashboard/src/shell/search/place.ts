import { linkOptions } from '@tanstack/react-router';
import type { Hit } from '../../api/search.ts';

/** The page of what was found: a note's is what it is about. */
export function placeOf({ type, id, caseId, transactionId }: Hit) {
  const ofCase = type === 'case' ? id : type === 'note' ? caseId : undefined;
  if (ofCase !== undefined) return linkOptions({ to: '/queue', search: { case: ofCase } });
  const ofPayment = type === 'transaction' ? id : type === 'note' ? transactionId : undefined;
  if (ofPayment !== undefined) return linkOptions({ to: '/decisions/$id', params: { id: ofPayment } });
  return linkOptions({ to: '/entities/$type/$id', params: { type, id } });
}

/** The one that is meant where a name is typed out whole; else the first. */
export function likeliest(hits: readonly Hit[], q: string): number {
  const wanted = q.toLowerCase();
  return Math.max(
    0,
    hits.findIndex(({ id, email }) => id.toLowerCase() === wanted || email?.toLowerCase() === wanted),
  );
}
