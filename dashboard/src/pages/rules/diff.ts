import type { RuleContent } from '../../api/policy.ts';

export interface Piece {
  text: string;
  kind: 'same' | 'gone' | 'new';
}

/** Longer texts are shown as one gone and one new. */
const MAX_CELLS = 4_000_000;

/** How one text became the other, by words and signs: the longest common sequence. */
export function textDiff(before: string, after: string): Piece[] {
  const [a, b] = [tokens(before), tokens(after)];
  if (a.length * b.length > MAX_CELLS)
    return merged([
      { text: before, kind: 'gone' },
      { text: after, kind: 'new' },
    ]);
  // common[i][j]: how much a from i and b from j have in common.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ text: a[i++], kind: 'same' });
      j++;
    } else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1]))
      pieces.push({ text: a[i++], kind: 'gone' });
    else pieces.push({ text: b[j++], kind: 'new' });
  }
  return merged(pieces);
}

const tokens = (text: string): string[] => text.match(/"(?:[^"\\]|\\.)*"|[\p{L}\p{N}_.]+|\s+|[&|<>=!]{2}|./gsu) ?? [];

function merged(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    if (piece.text === '') continue;
    const last = out.at(-1);
    if (last?.kind === piece.kind) last.text += piece.text;
    else out.push({ ...piece });
  }
  return out;
}

export interface FieldChange {
  field: keyof RuleContent;
  label: string;
  before: string;
  after: string;
}

const LABELS: Record<keyof RuleContent, string> = {
  ...{ name: 'Name', when: 'Expression', outcome: 'Outcome', mode: 'Mode', priority: 'Priority', reason: 'Reason' },
  ...{ rollout: 'Rollout', suppress: 'One alert for each', hard: 'Hard', actions: 'Actions' },
  ...{ validFrom: 'Valid from', validTo: 'Valid to', tags: 'Tags' },
};

/** What differs between two versions, in the order of the form. */
export function changes(before: RuleContent, after: RuleContent): FieldChange[] {
  return (Object.keys(LABELS) as (keyof RuleContent)[]).flatMap((field) => {
    const [was, is] = [wordsOf(before, field), wordsOf(after, field)];
    return was === is ? [] : [{ field, label: LABELS[field], before: was, after: is }];
  });
}

/** A field's value in words; nothing where it is not set. */
function wordsOf(rule: RuleContent, field: keyof RuleContent): string {
  const { rollout, suppress } = rule;
  if (field === 'rollout') return rollout ? `${rollout.percent}% by ${rollout.by}` : '';
  if (field === 'suppress') return suppress ? `${suppress.entity}, ${suppress.seconds / 3600} h` : '';
  if (field === 'hard') return rule.hard ? 'yes' : 'no';
  const value = rule[field];
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
