/** How far a beginning is from the whole: less than two slips, more than one. */
const BEGUN = 1.5;

/** The nearest of the right names to one that was mistyped, or undefined where none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const given = plain(name);
  let best: string | undefined;
  let least = given.length < 3 ? 1 : Math.floor(given.length / 3) + 1;
  for (const candidate of known) {
    const target = plain(candidate);
    // Half a name is nearly as good as a slip: `user` for `userId`, but `labelStates` for `labelState` before `label`.
    const isBegun =
      Math.min(given.length, target.length) >= 3 && (target.startsWith(given) || given.startsWith(target));
    const far = isBegun ? Math.min(BEGUN, distance(given, target)) : distance(given, target);
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** The name as JSON, cut, with what was probably meant. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const meant = nearest(name, known);
  return `${JSON.stringify(name.slice(0, 40))}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
}

/** Whether two names are one in other writings, such as `card_id` and `cardId`. */
export function sameWriting(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

/** Whether a name is another in another writing, or with one slip; with two where it is long. A short one keeps its first letter. */
export function isSlipOf(name: string, known: string): boolean {
  const [given, target] = [plain(name), plain(known)];
  if (given === target) return true;
  if (target.length < 2 || (target.length <= 3 && given[0] !== target[0])) return false;
  return distance(given, target) <= (target.length >= 8 ? 2 : 1);
}

/** Writings of one name: `user_id`, `User-Id`, `userId`. */
function plain(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[_\-.\s]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}
