import { RANK_PINNED } from '../domain/label.ts';
import type { CaseData } from '../domain/records.ts';
import { type JournalRecord, RECORD_TYPES } from '../journal/journal.ts';
import type { Merged } from './case-joining.ts';
import type { CommandAnswer } from './command-answer.ts';

/** One command as the audit tells it: who did what to what, when, and what came of it. */
export interface AuditRow {
  sequence: number;
  /** Milliseconds. */
  at: number;
  /** The record's type; a case's with its action, such as `case.resolve`. */
  type: string;
  /** Id of the API key; null while keyless. */
  by: string | null;
  transactionId: string | null;
  caseId: string | null;
  /** What it was done to, whatever that is. */
  target: string | null;
  /** HTTP status of its answer; 4xx was refused and changed nothing. */
  status: number;
  /** Error code of a refusal. */
  code: string | null;
  detail: Record<string, unknown> | null;
}

/** Records that nobody asks for one by one: decisions have a history of their own. */
const UNAUDITED = new Set<string>([
  'decision',
  'intake',
  'failed',
  'audit',
  'narrative',
  'webhook.told',
  'erasure.done',
]);
const CASE_ACTIONS: readonly CaseData['action'][] = ['assign', 'comment', 'resolve', 'reopen', 'merge', 'escalate'];

/** What `type` may be. */
export const AUDIT_TYPES: readonly string[] = [
  ...RECORD_TYPES.filter((type) => type !== 'case' && !UNAUDITED.has(type)),
  ...CASE_ACTIONS.map((action) => `case.${action}`),
];

export function auditOf(record: JournalRecord, answer: CommandAnswer | undefined): AuditRow | undefined {
  if (UNAUDITED.has(record.type)) return undefined;
  const { data, type } = record;
  return {
    sequence: record.sequence,
    at: record.at,
    type: type === 'case' ? `case.${String(data.action)}` : type,
    by: text(data.by),
    transactionId: text(data.transactionId),
    caseId: type === 'case' ? text(data.caseId) : null,
    target:
      text(data.transactionId) ??
      text(data.caseId) ??
      text(data.userId) ??
      text(data.keyId) ??
      text(data.webhookId) ??
      text(data.viewId) ??
      text(data.deskId) ??
      text(data.noteId) ??
      text(data.ruleId) ??
      text(data.list) ??
      text(data.id),
    status: answer?.status ?? 200,
    code: answer?.error?.code ?? null,
    detail: detailOf(record, answer),
  };
}

/** Cases became one without anybody's doing: an alert belongs to all of them. */
export function auditOfMerged({ sequence, at }: JournalRecord, alert: string, { into, from }: Merged): AuditRow {
  return {
    ...{ sequence, at, type: 'case.merge', by: null, transactionId: null, caseId: into, target: into },
    ...{ status: 200, code: null, detail: { from, alert } },
  };
}

/** What is worth telling of a command. Personal fields are named, never shown. */
function detailOf(
  { type, data, personal }: JournalRecord,
  answer: CommandAnswer | undefined,
): Record<string, unknown> | null {
  switch (type) {
    case 'label':
    case 'label.withdraw':
      return {
        ...pick(data, ['label', 'source', 'note', 'caseId', 'reasonCode', 'undoes']),
        ...(data.rank === RANK_PINNED ? { pinned: true } : {}),
      };
    case 'dispute':
      return pick(data, ['disputeId', 'kind', 'scheme', 'reasonCode', 'status', 'amount', 'currency']);
    case 'event':
      return pick(data, ['type', 'amount', 'code', 'avs', 'cvc', 'threeDS']);
    case 'review':
      return { ...pick(data, ['action', 'expired']), ...pick(personal ?? {}, ['reason']) };
    case 'finalize':
      return pick(data, ['override', 'reason']);
    case 'amend':
      return { fields: [...Object.keys(object(data.changes)), ...Object.keys(personal ?? {})] };
    case 'case':
      return {
        ...pick(data, [
          'version',
          'assignee',
          'queue',
          'dealt',
          'resolution',
          'reason',
          'except',
          'into',
          'awaits',
          'due',
        ]),
        // For a second person.
        ...(data.action === 'resolve' && answer?.body?.status === 'open' ? { waits: true } : {}),
        ...pick(answer?.body ?? {}, ['withdrawn']),
        ...pick(personal ?? {}, ['text', 'note']),
      };
    case 'key.create':
      return pick(data, ['name', 'scopes']);
    case 'webhook.create':
    case 'webhook.update':
      return pick(data, ['url', 'types', 'description']);
    case 'view':
      return pick(data, ['action', 'name', 'shared']);
    case 'desk':
      return pick(data, ['kind', 'action', 'name', 'body']);
    // Which one it is of is a name of somebody’s: it stands with the note.
    case 'entity':
      return pick(data, ['action', 'entityType']);
    case 'user.create':
    case 'user.update':
      return { fields: Object.keys(personal ?? {}) };
    case 'policy.rule':
      return pick({ ...data, ...object(data.content) }, RULE_DETAIL);
    case 'policy.thresholds':
      return pick(data, ['thresholds']);
    case 'policy.control':
      return pick(data, ['control']);
    case 'policy.restore':
      return pick(data, ['restores']);
    case 'policy.list':
      return pick(data, ['action', 'list', 'type', 'fromCases']);
    case 'policy.entries':
      return { ...pick(data, ['action', 'list']), count: ((data.entries ?? data.values) as unknown[]).length };
    case 'model.canary':
      return pick(data, ['action', 'name', 'version', 'steps', 'minutes', 'entity', 'step', 'reason', 'guard']);
    case 'model.promote':
      return pick(data, ['name', 'version', 'previous', 'reason', 'fellBack', 'role', 'from', 'to']);
    default:
      return null;
  }
}

const RULE_DETAIL = ['action', 'version', 'restores', 'propose', 'name', 'when', 'outcome', 'mode', 'priority', 'hard'];

function pick(data: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => data[name] !== undefined).map((name) => [name, data[name]]));
}

function object(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
