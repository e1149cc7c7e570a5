import type { Files } from './files.ts';
import { HEAD_BYTES, type Head, readHead, segmentPath } from './segment.ts';

/**
 * Which segment follows which. Names alone do not tell: an owner that was replaced while it began a segment may give it its name
 * afterwards, and its successor, who did not see it, begins another. A segment says which one it follows, and the newest is that of
 * the highest owner; what is not in the chain holds nothing that anyone acknowledged.
 */
export interface Chain {
  /** First sequences, ascending. */
  firsts: number[];
  /** Those of segments that a replaced owner began too late. */
  orphans: number[];
}

/** First sequences of the segment files, ascending. */
export async function segmentFirsts(files: Files, directory: string): Promise<number[]> {
  const names = await files.list(directory);
  return names
    .filter((name) => /^\d{16}\.journal$/.test(name))
    .map((name) => Number(name.slice(0, 16)))
    .sort((a, b) => a - b);
}

/** The head of each segment file; undefined where it is damaged. */
export async function readHeads(files: Files, directory: string): Promise<(Head | undefined)[]> {
  const heads: (Head | undefined)[] = [];
  for (const first of await segmentFirsts(files, directory)) {
    const file = await files.open(segmentPath(directory, first), 'read');
    try {
      const bytes = Buffer.alloc(HEAD_BYTES);
      await file.read(bytes, 0);
      const head = readHead(bytes);
      heads.push(head?.first === first ? head : undefined);
    } finally {
      await file.close();
    }
  }
  return heads;
}

/** The highest owner that a segment names. */
export function highestOwner(heads: readonly (Head | undefined)[]): number {
  return heads.reduce((highest, head) => Math.max(highest, head?.owner ?? 0), 0);
}

/** `firsts` are all there are. Where a head is damaged all are kept: recovery says what is wrong. */
export function chainOf(firsts: number[], heads: readonly (Head | undefined)[]): Chain {
  if (heads.length === 0 || heads.some((head) => head === undefined)) return { firsts, orphans: [] };
  const known = heads as Head[];
  // A release before 0.2 names no owner: it went on from whoever came before.
  let highest = 0;
  const owners = known.map(({ owner }) => {
    highest = Math.max(highest, owner);
    return owner === 0 ? highest : owner;
  });
  let at = 0;
  for (let i = 1; i < known.length; i++) if (owners[i] >= owners[at]) at = i;
  const kept = new Set<number>();
  for (;;) {
    kept.add(known[at].first);
    const { before } = known[at];
    let next = at - 1;
    if (before === undefined) while (next >= 0 && owners[next] > owners[at]) next--;
    else while (next >= 0 && known[next].first !== before) next--;
    if (next < 0) break;
    at = next;
  }
  // What it follows is missing: nothing is set aside, and recovery says what is.
  if (known[at].first !== 1 && known[at].before !== 0) return { firsts, orphans: [] };
  return { firsts: firsts.filter((first) => kept.has(first)), orphans: firsts.filter((first) => !kept.has(first)) };
}
