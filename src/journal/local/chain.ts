import { join } from 'node:path';
import type { Files } from './files.ts';
import { endOfKept } from './kept-file.ts';
import { type Head, headOf, segmentPath, setAside } from './segment.ts';

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
    const head = await headOf(files, segmentPath(directory, first));
    heads.push(head?.first === first ? head : undefined);
  }
  return heads;
}

/** The highest owner that a segment names. */
export function highestOwner(heads: readonly (Head | undefined)[]): number {
  return heads.reduce((highest, head) => Math.max(highest, head?.owner ?? 0), 0);
}

/** What stands in a directory, as far as it counts. */
export interface Standing extends Chain {
  heads: (Head | undefined)[];
  /** First sequences of what is left of segments that were cut out, ascending. */
  kept: number[];
  /** The first sequence that is held whole. */
  begins: number;
}

export async function standingOf(files: Files, directory: string): Promise<Standing> {
  // The heads first: a segment that gets its name between the two looks is one that came too late.
  const heads = await readHeads(files, directory);
  const { kept, end } = await keptOf(files, directory);
  const firsts = (await segmentFirsts(files, directory)).filter((first) => first > end);
  const counted = heads.filter((head) => head === undefined || head.first > end);
  return { ...chainOf(firsts, counted, end + 1), heads, kept, begins: end + 1 };
}

/** First sequences of what is left of segments that were cut out, and the last sequence of the last of them; 0 where there is none. */
export async function keptOf(files: Files, directory: string): Promise<{ kept: number[]; end: number }> {
  const names = await files.list(directory);
  const kept = names
    .filter((name) => /^\d{16}\.kept$/.test(name))
    .map((name) => Number(name.slice(0, 16)))
    .sort((a, b) => a - b);
  const newest = kept.at(-1);
  if (newest === undefined) return { kept, end: 0 };
  const said = await endOfKept(files, directory, newest);
  if (said !== undefined) return { kept, end: said };
  // It is damaged, which recovery says: what follows it tells where it ended.
  const next = (await segmentFirsts(files, directory)).find((first) => first > newest);
  return { kept, end: next === undefined ? newest : next - 1 };
}

/** `firsts` are all there are from `begins` on. Where a head is damaged all are kept: recovery says what is wrong. */
export function chainOf(firsts: number[], heads: readonly (Head | undefined)[], begins = 1): Chain {
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
  if (known[at].first !== begins && known[at].before !== 0) return { firsts, orphans: [] };
  return { firsts: firsts.filter((first) => kept.has(first)), orphans: firsts.filter((first) => !kept.has(first)) };
}

/**
 * Gives segments of the chain their names again. An owner that was replaced between its last look at the fence and the next call may
 * have set one aside that its successor had taken up, and may have put a file of its own in its place. A segment says whom it
 * follows and who began that one: so what belongs there is found under whatever name.
 */
export async function bringBack(files: Files, directory: string): Promise<string[]> {
  const aside: { path: string; head: Head }[] = [];
  for (const name of await files.list(directory)) {
    if (!/^\d{16}\.journal(\.\d+)?\.orphan$/.test(name)) continue;
    const head = await headOf(files, join(directory, name));
    if (head) aside.push({ path: join(directory, name), head });
  }
  if (aside.length === 0) return [];
  const named = (await readHeads(files, directory)).filter((head) => head !== undefined);
  const back: string[] = [];
  const take = async ({ path, head }: (typeof aside)[number]) => {
    const own = segmentPath(directory, head.first);
    if (named.some(({ first }) => first === head.first)) await setAside(files, own);
    await files.rename(path, own);
    await files.syncDirectory(directory);
    back.push(own);
  };
  const newest = (heads: Head[]) =>
    heads.reduce<Head | undefined>(
      (best, head) =>
        !best || head.owner > best.owner || (head.owner === best.owner && head.first > best.first) ? head : best,
      undefined,
    );
  let at = newest([...named, ...aside.map(({ head }) => head)]);
  const tail = aside.find(({ head }) => head === at);
  if (tail) await take(tail);
  while (at?.before && at.beforeOwner !== undefined) {
    const { before, beforeOwner }: Head = at;
    const isIt = (head: Head) => head.first === before && head.owner === beforeOwner;
    const missing = named.some(isIt) ? undefined : aside.find(({ head }) => isIt(head));
    if (missing) await take(missing);
    at = missing?.head ?? named.find(isIt);
  }
  return back;
}
