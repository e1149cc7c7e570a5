/** A case: the alerts of what looks like one attack, worked by people as one thing. */

/** The entities that an attack may share, strongest first: one device is less likely chance than one address. */
export const CASE_ENTITIES = ['device', 'card', 'ip', 'user'] as const;
export type CaseEntity = (typeof CASE_ENTITIES)[number];

/** An alert joins an open case that shares an entity and whose alerts are no further away in event time. */
export const CASE_WINDOW_MS = 24 * 3_600_000;

/** A case takes no more alerts; the next one opens another. */
export const CASE_MAX_TRANSACTIONS = 1_000;

/** Cases that together hold more are not merged: a case is read whole where it is counted again. */
export const CASE_MAX_MERGED = 5_000;

export const CASE_STATUSES = ['open', 'resolved'] as const;
/** `merged`: its transactions are another case's. */
export type CaseStatus = (typeof CASE_STATUSES)[number] | 'merged';

/** `unsure` records no labels. */
export const RESOLUTIONS = ['fraud', 'legitimate', 'unsure'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** The name under which the journal holds the label that a case gave the transaction of a decision's record. */
export function caseLabelKey(caseId: string, sequence: number, round = 0): string {
  return round === 0 ? `c:${caseId}.label.${sequence}` : `c:${caseId}.label.${sequence}.${round}`;
}

/** The id of that label. `round`: how often the case had been reopened. */
export function caseLabelId(caseId: string, sequence: number, round = 0): string {
  return round === 0 ? `${caseId}.${sequence}` : `${caseId}.${sequence}.${round}`;
}
