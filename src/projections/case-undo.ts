import { isNewer, type LabelWord, type Statement, voicesFrom } from '../domain/label.ts';
import { type LabelShown, statementsIn } from './life.ts';
import type { TransactionView } from './store.ts';

export interface Undo {
  /** The label that is taken back. */
  labelId: string;
  /** What an analyst says instead, as of `time` (milliseconds): what was said before it, else nothing. */
  label: LabelWord;
  time: number;
}

/**
 * How the label that a case gave a transaction is taken back, by the rules of voices (docs/labels.md): an analyst says again
 * what was said before it, as of its own time, so that whatever was said later stands. Undefined where there is none.
 */
export function undoOf(view: TransactionView): Undo | undefined {
  const labels = (view.labels as LabelShown[] | undefined) ?? [];
  const undone = new Set(labels.map(({ undoes }) => undoes));
  const given = labels.findLast(
    ({ id, caseId, undoes }) => caseId !== undefined && undoes === undefined && !undone.has(id),
  );
  if (!given) return undefined;
  const all = statementsIn(view);
  // Labels come first, in their order.
  const said = all[labels.indexOf(given)];
  // What was said in the same millisecond too, for this will be newer.
  const before = voicesFrom(all.filter((statement) => statement !== said && statement.time <= said.time));
  return { labelId: given.id, label: wordOf(before.get('analyst'), before.get('unranked')), time: said.time };
}

function wordOf(ranked: Statement | undefined, unranked: Statement | undefined): LabelWord {
  const isOld = unranked?.source === 'analyst' && !(ranked && isNewer(ranked, unranked));
  return (isOld ? unranked : ranked)?.label ?? 'none';
}
