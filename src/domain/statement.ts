import { RANK_PINNED, type Statement } from './label.ts';
import type { DisputeData, LabelData } from './records.ts';

/** The part of a journal's record that says something. */
interface Told {
  type: string;
  data: unknown;
  /** Milliseconds. */
  at: number;
  sequence: number;
}

/** What a record says of its payment's truth; undefined where it says nothing. */
export function statementOf({ type, data, at, sequence }: Told): Statement | undefined {
  if (type === 'label' || type === 'label.withdraw') {
    const { label, source, rank, occurredAt, undoes } = data as LabelData;
    const pinned = rank === RANK_PINNED;
    const statement = { label, source, pinned, time: occurredAt ?? at, sequence, ranked: rank !== undefined };
    return undoes === undefined ? statement : { ...statement, undoes: true };
  }
  if (type === 'dispute') {
    const { label, disputeId, reportedAt } = data as DisputeData;
    return { label, source: 'dispute', pinned: false, disputeId, time: reportedAt, sequence, ranked: true };
  }
  return undefined;
}
