import type { Joining, Resolution } from './case.ts';
import type { Decision } from './decision.ts';
import type { DisputeStatus } from './dispute.ts';
import { keysToday } from './entity.ts';
import { type Details, type PersonalField, PUBLIC_DETAILS, type TransactionType } from './fields.ts';
import { hash53 } from './hash.ts';
import type { Scope } from './key.ts';
import type { LabelSource, LabelWord } from './label.ts';
import type { OfficeHours } from './office-hours.ts';
import type { PaymentEvent } from './payment-event.ts';
import type { Control, ListHead, RuleContent, Thresholds } from './policy.ts';
import type { DisputeKind } from './reason-codes.ts';
import type { Transaction, TransactionStatus } from './transaction.ts';
import type { WebhookType } from './webhook.ts';

/**
 * What the journal's records hold, by record type. Public data only: personal fields stand in the record's own block
 * under the names of the transaction's or the user's fields.
 *
 * | type          | key                    | data         | personal                              |
 * | ------------- | ---------------------- | ------------ | ------------------------------------- |
 * | decision      | `t:<transaction id>`; `d:<id>` after an intake | DecisionData | PERSONAL_FIELDS of the transaction |
 * | intake        | `t:<transaction id>`   | IntakeData   | as above                              |
 * | failed        | `x:<command id>`       | FailedData   |                                       |
 * | label         | `c:<command id>`       | LabelData    |                                       |
 * | label.withdraw | `c:<command id>`      | LabelData, `none`: a type of its own, lest a release that does not know the word learns it as legitimate | |
 * | dispute       | `c:<command id>`       | DisputeData  |                                       |
 * | event         | `c:<command id>`       | EventData    |                                       |
 * | review        | `c:<command id>`; `v:<transaction id>` where nobody reviewed it in time | ReviewData | reason |
 * | drift         | `q:<series>:<level>:<day>` | DriftData |                              |
 * | finalize      | `c:<command id>`       | FinalizeData |                                       |
 * | amend         | `c:<command id>`       | AmendData    | personal fields that change           |
 * | delete        | `c:<command id>`       | DeleteData   |                                       |
 * | user.create   | `c:<command id>`       | UserData     | name, email                           |
 * | user.update   | `c:<command id>`       | UserData     | name, email where given               |
 * | user.delete   | `c:<command id>`       | UserData     |                                       |
 * | case          | `c:<command id>`; `c:<case id>.due.<time>` where nobody worked it in time | CaseData | text, note |
 * | key.create    | `k:<key id>`           | ApiKey       |                                       |
 * | key.revoke    | `c:<command id>`       | {keyId}      |                                       |
 * | model.promote | `c:<command id>`       | PromoteData  |                                       |
 * | model.shadow  | `c:<command id>`       | ShadowData   |                                       |
 * | model.canary  | `c:<command id>`       | CanaryData   |                                       |
 * | model.keep    | `m:<upload>:<part>`    | KeepData     |                                       |
 * | webhook.create, .update, .delete, .resume | `c:<command id>` | WebhookData | secret, where created |
 * | webhook.told  | `w:<webhook id>:<seq>` | WebhookToldData |                              |
 * | view          | `c:<command id>`       | ViewData     |                                       |
 * | desk          | `c:<command id>`       | DeskData     |                                       |
 * | entity        | `c:<command id>`       | EntityNoteData | id, text                            |
 * | narrative     | `n:<transaction id>`   | NarrativeData | narrative                            |
 * | erasure       | `c:<command id>`; `e:<erasure id>` | {id, by, bodyHash} | the subject and the reason, until it is done |
 * | erasure.done  | `e:<erasure id>:done`  | {id, records} |                                      |
 * | policy.rule   | `c:<command id>`       | RuleCommandData |                                    |
 * | policy.thresholds | `c:<command id>`   | ThresholdsData |                                     |
 * | policy.control | `c:<command id>`      | ControlData  |                                       |
 * | policy.restore | `c:<command id>`      | PolicyRestoreData |                                  |
 * | policy.list   | `c:<command id>`       | ListCommandData |                                    |
 * | policy.entries | `c:<command id>`; `<that>:<part>` of the parts after the first | ListEntriesData | |
 *
 * A command's id is derived from the caller's key, the route and the Idempotency-Key, else it is a new UUIDv7.
 */
export type PublicTransaction = Omit<Transaction, PersonalField>;

/** The keys that profiles are kept by, as they are recorded: kept after an erasure. */
export interface RecordedEntities {
  /**
   * One `entityKey` for each of `CORE_ENTITIES`, in order, 0 where absent; then those of configured types, in the order of that
   * day: what releases read that know no names.
   */
  entities: number[];
  /** All but the core ones by their type, so that no other configuration misreads them. Absent in records from before. */
  named?: Record<string, number>;
}

export interface IntakeData extends RecordedEntities {
  transaction: PublicTransaction;
  /** hash53 of customerLocation, 0 where absent. */
  location: number;
  /** SHA-256 (hex, first 32) of the canonical body, to tell a repetition from a conflict. */
  bodyHash: string;
  /** Id of the API key that sent it; absent while keyless. */
  by?: string;
}

export interface DecisionData extends IntakeData {
  decision: Decision;
  /** From receipt to the decision being handed to the journal. */
  latencyMs: number;
  /** Per entity: [events the vector was computed from, fingerprint]. */
  readSet: [count: number, fingerprint: number][];
  /** What the rules asked of profiles, in the order of the policy version's definitions; null is missing. */
  ruleVector?: (number | null)[];
  /** Names these definitions in their order. */
  ruleSchema?: string;
  /** Slots of it whose windows reach past what is exactly known. */
  ruleApproximate?: number[];
  /** Of an alert: how it finds its case. */
  joining?: Joining;
}

export interface FailedData {
  transactionId: string;
  error: string;
}

/** Of a decided payment, so that profiles learn from a record about it alone: id hash, time, entity keys, base amount. */
export interface SubjectEvent extends RecordedEntities {
  id: number;
  time: number;
  /** In the base currency; null where nothing is paid. */
  amount: number | null;
  /** Absent: a payment. */
  type?: TransactionType;
}

export interface LabelData {
  labelId: string;
  transactionId: string;
  label: LabelWord;
  source: Exclude<LabelSource, 'dispute'>;
  /** What it is worth beside the others: see `labelRank`. Absent in records from before: those keep log order. */
  rank?: number;
  pinned?: boolean;
  note?: string;
  occurredAt?: number;
  /** Of the scheme, as it came. */
  reasonCode?: string;
  by?: string;
  /** The case whose resolution said so; the record's key is then `caseLabelKey`. */
  caseId?: string;
  /** How often that case had been reopened; absent: never. */
  round?: number;
  /** Id of the label of a case that this takes back, as the case was reopened. */
  undoes?: string;
  event: SubjectEvent;
}

/** What is told of a dispute, at first and with every update. */
export interface DisputeData {
  disputeId: string;
  transactionId: string;
  kind: DisputeKind;
  /** In lower case. */
  scheme: string;
  reasonCode: string;
  /** Major units of `currency`. */
  amount?: number;
  currency?: string;
  reportedAt: number;
  status: DisputeStatus;
  /** What it says of the payment's truth, by the tables of the release that recorded it. */
  label: 'fraud' | 'none';
  rank: number;
  by?: string;
  event: SubjectEvent;
}

export interface EventData extends PaymentEvent {
  eventId: string;
  transactionId: string;
  /** Major units of the payment's currency. */
  amount?: number;
  by?: string;
  event: SubjectEvent;
}

export interface ReviewData {
  transactionId: string;
  action: 'release' | 'cancel';
  /** Nobody said anything in time. */
  expired?: boolean;
  by?: string;
  event: SubjectEvent;
}

/** Something that comes in, or is made of it, is not what it was; `notice`: the day's mean score, which alone pages nobody. */
export interface DriftData {
  /** A feature, `score`, `#` and what else is looked at, or `@` and a segment: `@country:DE:score`. */
  series: string;
  level: 'alarm' | 'notice';
  /** Milliseconds: when it was found, and from when on it is so. */
  at: number;
  since: number;
  psi?: number | null;
  distance?: number | null;
  mean: { now: number | null; then: number | null };
  missing?: { now: number | null; then: number | null };
  /** Of a notice: how many deviations of the daily means. */
  sigmas?: number;
}

export interface FinalizeData {
  transactionId: string;
  override: boolean;
  /** Why it was overridden. */
  reason?: string;
  by?: string;
}

/** What a person does to a case. `version` is that of the case as they saw it; absent: whatever it is. */
export type CaseData = { caseId: string; version?: number; by?: string } & (
  | {
      action: 'assign';
      assignee: string | null;
      /** The queue that it was taken or given from, and what that was called then. */
      queueId?: string;
      queue?: string;
      /** Given in turn, and not taken. */
      dealt?: true;
    }
  | {
      action: 'comment';
      /** Whether the customer is awaited from then on; absent: as before. */
      awaits?: boolean;
      /** Where it is over: in whose hours the time that is left counts on. */
      hours?: OfficeHours;
    }
  | {
      action: 'resolve';
      resolution: Resolution;
      /** A word of CASE_REASONS. */
      reason?: string;
      /** How many transactions they saw: refused where more have joined. */
      transactions?: number;
      /** Transactions that are none of it: they become a case of their own, `case_<sequence of this record>`. */
      except?: string[];
      /** From this amount at risk on, base currency, a second key has to ask for the same before it takes effect. */
      secondFrom?: number;
    }
  /** Takes a resolution back, or one that waits for a second key. */
  | { action: 'reopen' }
  | { action: 'merge'; into: string }
  /** Nobody worked it in time; nobody's act, once for each time that it is due. */
  | { action: 'escalate'; due: number }
);

export interface AmendData {
  transactionId: string;
  /** Public fields that change; null removes one. */
  changes: Record<string, unknown>;
  by?: string;
}

export interface DeleteData {
  transactionId: string;
  by?: string;
}

export interface UserData {
  userId: string;
  by?: string;
}

export interface KeyRevokeData {
  keyId: string;
  by?: string;
}

/** From this record on, the version decides. */
export interface PromoteData {
  version: string;
  name: string;
  /** The version that decided until then; null where none did. */
  previous: string | null;
  by?: string;
  /** Why, in words of whoever promoted it. */
  reason?: string;
}

/** Shares, in percent, that a model decides for one after the other; so many minutes each; by a hash of which entity. */
export interface CanaryPlan {
  steps: readonly number[];
  minutes: number;
  entity: string;
}

/** `raise` and `stop` are of the canary that began at that time: told twice, or late, they say nothing. */
export type CanaryData = { version: string; by?: string; reason?: string } & (
  | ({ action: 'start'; name: string } & CanaryPlan)
  | { action: 'raise'; startedAt: number; step: number }
  | { action: 'stop'; startedAt: number; guard?: true }
);

/** A part of a model that every process of a fleet keeps; all parts in a row are gzipped JSON: see `engine/model-records.ts`. */
export interface KeepData {
  version: string;
  /** Parts of one belong together, whoever else gives the same model at the same time. */
  upload: string;
  part: number;
  parts: number;
  /** Base64. */
  bytes: string;
}

/** From this record on, the version is scored beside the champion; null ends that. */
export interface ShadowData {
  version: string | null;
  by?: string;
}

export interface KeyCreateData {
  id: string;
  name: string;
  scopes: Scope[];
  secretHash: string;
  prefix: string;
  by?: string;
}

export interface WebhookData {
  webhookId: string;
  /** Where created, and where changed. */
  url?: string;
  /** Absent where created: all. */
  types?: WebhookType[];
  description?: string;
  by?: string;
}

/** How far a webhook was told, now and then: what a database that is filled anew goes on from. */
export interface WebhookToldData {
  webhookId: string;
  /** The feed's. */
  seq: number;
}

/** Of every command of the policy. */
export interface PolicyCommandData {
  by?: string;
  /** What tells a repetition of its Idempotency-Key from another body; absent without such a key. */
  bodyHash?: string;
}

/** `version` is that of the rule as the caller saw it. `propose`: another key has to approve it. */
export type RuleCommandData = PolicyCommandData & { ruleId: string } & (
    | { action: 'create'; content: RuleContent; propose?: true }
    | { action: 'put'; version: number; content: RuleContent; propose?: true }
    | { action: 'delete'; version?: number }
    | { action: 'restore'; restores: number; propose?: true }
    | { action: 'approve' }
  );

export interface ThresholdsData extends PolicyCommandData {
  thresholds: Thresholds;
}

export interface ControlData extends PolicyCommandData {
  control: Control;
  /** Hex; what the draws are made by from then on, where the log had none. Never shown. */
  secret?: string;
}

export interface PolicyRestoreData extends PolicyCommandData {
  restores: number;
}

export type ListCommandData = PolicyCommandData & { list: string } & (
    | ({ action: 'create' } & Pick<ListHead, 'type' | 'description' | 'fromCases'>)
    | { action: 'delete' }
  );

/** At most 10,000 entries a record; more of them are parts that follow each other. */
export type ListEntriesData = PolicyCommandData & { list: string } & (
    | { action: 'add'; entries: ListEntryData[] }
    | { action: 'remove'; values: string[] }
  );

/** The value is canonical. Milliseconds. */
export type ListEntryData = [value: string, expiresAt: number | null, note?: string];

/** What profiles learn a label by: of the decided event, whatever was amended since. */
/** As answers and events show it. */
export function driftView({ at, since, ...data }: DriftData) {
  return { ...data, at: new Date(at).toISOString(), since: new Date(since).toISOString() };
}

export function labelledEvent(record: { data: object; personal?: Record<string, unknown> }): SubjectEvent {
  const { transaction, entities, named } = record.data as IntakeData;
  const { id, type, time, amountBase: amount } = transaction;
  return {
    ...{ id: hash53(id), time, entities: keysToday(entities, record.personal), amount },
    ...(named ? { named } : {}),
    ...(type && type !== 'payment' ? { type } : {}),
  };
}

/** A decision as the API answers it: own fields, the decision's, and what the record says of both. */
export function transactionView(
  data: DecisionData,
  personal: Record<string, unknown> | undefined,
  at: number,
  status: TransactionStatus = 'pending',
): Record<string, unknown> & { id: string; createdAt: string } {
  const { decision } = data;
  return {
    ...ownFields(data.transaction, personal),
    tempId: data.transaction.id,
    status,
    ...decision,
    latencyMs: data.latencyMs,
    createdAt: new Date(at).toISOString(),
  };
}

/** A transaction that was taken in but is not decided: accepted for later, or failed. */
export function intakeView(
  data: IntakeData,
  personal: Record<string, unknown> | undefined,
  at: number,
  status: TransactionStatus = 'processing',
): Record<string, unknown> & { id: string; createdAt: string } {
  return {
    ...ownFields(data.transaction, personal),
    tempId: data.transaction.id,
    status,
    createdAt: new Date(at).toISOString(),
  };
}

function ownFields(transaction: PublicTransaction, personal: Record<string, unknown> | undefined) {
  const { id, type = 'payment', amount, currency, amountBase, baseRate, time, warnings } = transaction;
  const optional: Record<string, unknown> = {};
  for (const name of PUBLIC_DETAILS) {
    const value = (transaction as Details)[name];
    if (value !== undefined) optional[name] = value;
  }
  return {
    id,
    userId: transaction.userId,
    type,
    amount,
    currency,
    ...optional,
    ...personal,
    transactionDate: new Date(time).toISOString(),
    amountBase,
    baseRate,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
