import type { Compared } from './cells.ts';
import type { ProofRows } from './rows.ts';

/**
 * The challenger with thresholds of its own set so that it flags, and declines, as many payments as the other: its most probable ones.
 * What a rule of it decides stays as it is. It looks at no label.
 */
export function atSameReviews(rows: ProofRows): Compared {
  const free: number[] = [];
  const forced = { flagged: new Set<number>(), declined: new Set<number>() };
  const wanted = { flagged: 0, declined: 0 };
  for (let row = 0; row < rows.length; row++) {
    const against = rows.against(row);
    if (against === undefined) continue;
    if (against !== 'approve') wanted.flagged++;
    if (against === 'decline') wanted.declined++;
    if (!rows.forced(row)) free.push(row);
    else {
      const challenger = rows.challenger(row);
      if (challenger !== 'approve') forced.flagged.add(row);
      if (challenger === 'decline') forced.declined.add(row);
    }
  }
  free.sort((a, b) => rows.probability(b) - rows.probability(a));
  const highest = (of: 'flagged' | 'declined') =>
    new Set([...forced[of], ...free.slice(0, Math.max(0, wanted[of] - forced[of].size))]);
  const [flagged, declined] = [highest('flagged'), highest('declined')];
  return {
    flagged: { against: (row) => rows.against(row) !== 'approve', challenger: (row) => flagged.has(row) },
    declined: { against: (row) => rows.against(row) === 'decline', challenger: (row) => declined.has(row) },
  };
}
