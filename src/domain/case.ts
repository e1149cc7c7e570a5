import type { SlaStep } from './case-sla.ts';
import type { OfficeHours } from './office-hours.ts';

/** A case: the alerts of what looks like one attack, worked by people as one thing. */

/** The entities by which a case is known and found. Places are for ever: alerts keep their keys in this order. */
export const CASE_ENTITIES = ['device', 'card', 'ip', 'user', 'mailbox'] as const;
export type CaseEntity = (typeof CASE_ENTITIES)[number];

/** Those that strangers rarely share, strongest first: what makes one attack of two alerts. An address never does. */
export const STRONG_ENTITIES: readonly CaseEntity[] = ['device', 'card', 'mailbox', 'user'];

/** How alerts find their case, as a process is told. */
export interface CaseRule {
  /** An alert joins an open case whose alerts are no further away in event time. */
  readonly windowMs: number;
  /** An entity that was seen with more others of one type joins nobody: strangers share it. */
  readonly hub: number;
  /** When they are to be worked; absent: nothing is due. */
  readonly sla?: readonly SlaStep[];
  /** In whose hours time counts; absent: always. */
  readonly hours?: OfficeHours;
}

/** How one alert finds its case: kept in its record, so that the log alone says which case it is in. */
export interface Joining {
  windowMs: number;
  /** Types of its strong entities that strangers share. */
  hubs?: CaseEntity[];
  /** When it is to be worked, milliseconds. */
  due?: number;
}

/** How records of before that were joined: by an address too, and nobody asked who else shares it. */
export const FORMER_ENTITIES: readonly CaseEntity[] = ['device', 'card', 'ip', 'user'];
export const FORMER_WINDOW_MS = 24 * 3_600_000;

/** A case takes no more alerts; the next one opens another. */
export const CASE_MAX_TRANSACTIONS = 1_000;

/** Cases that together hold more are not merged: a case is read whole where it is counted again. */
export const CASE_MAX_MERGED = 5_000;

/** Merges that are proposed for a case, the newest of them: as many as a person may weigh. */
export const MAX_PROPOSED = 20;

export const CASE_STATUSES = ['open', 'resolved'] as const;
/** `merged`: its transactions are another case's. */
export type CaseStatus = (typeof CASE_STATUSES)[number] | 'merged';

/** `unsure` records no labels. */
export const RESOLUTIONS = ['fraud', 'legitimate', 'unsure'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** A resolution as the first of two people asked for it. */
export interface AskedResolution {
  resolution: Resolution;
  reason: string | null;
  /** Transactions that it leaves out. */
  except: string[];
  /** Id of the key; null while keyless, and then nobody can confirm it. */
  by: string | null;
  /** Milliseconds. */
  at: number;
}

/** The name under which the journal holds the label that a case gave the transaction of a decision's record. */
export function caseLabelKey(caseId: string, sequence: number, round = 0): string {
  return round === 0 ? `c:${caseId}.label.${sequence}` : `c:${caseId}.label.${sequence}.${round}`;
}

/** The id of that label. `round`: how often the case had been reopened. */
export function caseLabelId(caseId: string, sequence: number, round = 0): string {
  return round === 0 ? `${caseId}.${sequence}` : `${caseId}.${sequence}.${round}`;
}
