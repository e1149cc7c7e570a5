import { RANK_PINNED } from '../domain/label.ts';
import { type Narrative, type NarrativeData, narrativeView } from '../domain/narrative.ts';
import {
  type CaseData,
  type DecisionData,
  type DisputeData,
  type DriftData,
  driftView,
  type EventData,
  type FailedData,
  type FinalizeData,
  type LabelData,
  type PromoteData,
  type ReviewData,
  transactionView,
} from '../domain/records.ts';
import type { JournalRecord, RecordType } from '../journal/journal.ts';
import type { CommandAnswer } from './command-answer.ts';

export type FeedType =
  | 'transaction.decided'
  | 'transaction.finalized'
  | 'transaction.narrated'
  | 'transaction.reviewed'
  | 'label.recorded'
  | 'dispute.recorded'
  | 'event.recorded'
  | 'alert'
  | 'case.changed'
  | 'case.overdue'
  | 'stats'
  | 'model.promoted'
  | 'model.fell_back'
  | 'model.canary'
  | 'policy.changed'
  | 'drift.detected';

/** `seq` strictly increases over the whole installation, restarts included; it derives from the journal's sequence. */
export interface FeedEvent {
  seq: number;
  type: FeedType;
  at: string;
  data: Record<string, unknown>;
}

/** Places for events in a record: `seq` = 4 × the record's sequence + the place. */
export const SLOTS = 4;
type Outcome = (sequence: number) => Promise<CommandAnswer | undefined>;

/** Events of the newest records: clients that are level share them. */
const made = new WeakMap<JournalRecord, FeedEvent[]>();

/** Of records that tell one type of event. */
const TOLD_BY: Partial<Record<RecordType, FeedType>> = {
  failed: 'alert',
  narrative: 'transaction.narrated',
  'model.promote': 'model.promoted',
  finalize: 'transaction.finalized',
  case: 'case.changed',
  label: 'label.recorded',
  'label.withdraw': 'label.recorded',
  dispute: 'dispute.recorded',
  event: 'event.recorded',
  review: 'transaction.reviewed',
  'policy.rule': 'policy.changed',
  'policy.thresholds': 'policy.changed',
  'policy.control': 'policy.changed',
  'policy.restore': 'policy.changed',
  'policy.list': 'policy.changed',
  'policy.entries': 'policy.changed',
};

const COMMANDS: ReadonlySet<string> = new Set([
  ...['finalize', 'label', 'label.withdraw', 'case', 'dispute', 'event', 'review'],
]);

/** Whether a record may tell of any of the types, known before its events are made. */
export function mayTell({ type, data }: JournalRecord, types: ReadonlySet<FeedType>): boolean {
  if (type === 'drift') return ['drift.detected', 'alert'].some((each) => types.has(each as FeedType));
  if (type === 'model.canary')
    return ['model.canary', 'model.fell_back', 'alert'].some((each) => types.has(each as FeedType));
  if (type === 'model.promote' && (data as Partial<Promoted>).fellBack)
    return ['model.promoted', 'model.fell_back', 'alert'].some((each) => types.has(each as FeedType));
  if (type === 'case' && data.action === 'escalate') return types.has('case.overdue');
  if (type !== 'decision') return types.has(TOLD_BY[type]!);
  if (types.has('transaction.decided')) return true;
  return types.has('alert') && (data as unknown as DecisionData).decision.decision !== 'approve';
}

/** What a record tells: at once, unless it is a command whose outcome has to be asked for. */
export function eventsOf(
  record: JournalRecord,
  outcome: Outcome | undefined,
  hidden?: (transactionId: string) => boolean,
): FeedEvent[] | Promise<FeedEvent[]> {
  if (hidden) {
    const { transaction, transactionId } = record.data as { transaction?: { id: string }; transactionId?: string };
    const id = transaction?.id ?? transactionId;
    if (id !== undefined && hidden(id)) return [];
  }
  const known = made.get(record);
  if (known) return known;
  if (COMMANDS.has(record.type) || record.type.startsWith('policy.')) return commandEvents(record, outcome);
  const events = recordEvents(record);
  made.set(record, events);
  return events;
}

function event(record: JournalRecord, slot: number, type: FeedType, data: Record<string, unknown>): FeedEvent {
  return { seq: record.sequence * SLOTS + slot, type, at: new Date(record.at).toISOString(), data };
}

function recordEvents(record: JournalRecord): FeedEvent[] {
  switch (record.type) {
    case 'decision': {
      const data = record.data as unknown as DecisionData;
      const view = transactionView(data, record.personal, record.at);
      const events = [event(record, 0, 'transaction.decided', view)];
      const { decision, score, fraudExplanation, reasons } = data.decision;
      const { id, userId, amount, currency } = data.transaction;
      if (decision !== 'approve' && !data.decision.suppressed)
        events.push(
          event(record, 1, 'alert', {
            transactionId: id,
            userId,
            amount,
            currency,
            decision,
            score,
            fraudExplanation,
            reasons,
          }),
        );
      return events;
    }
    case 'failed': {
      const { transactionId, error } = record.data as unknown as FailedData;
      return [event(record, 1, 'alert', { transactionId, status: 'failed', error })];
    }
    case 'narrative': {
      // What was erased is told no more.
      const narrative = record.personal?.narrative as Narrative | undefined;
      const { transactionId } = record.data as unknown as NarrativeData;
      if (!narrative) return [];
      return [event(record, 0, 'transaction.narrated', { transactionId, narrative: narrativeView(narrative) })];
    }
    case 'model.promote':
      return promotionEvents(record);
    case 'model.canary':
      return canaryEvents(record);
    case 'drift':
      return driftEvents(record);
    default:
      return [];
  }
}

type Promoted = PromoteData & { fellBack?: true };

/** Where the guard did it, people are to look. */
function promotionEvents(record: JournalRecord): FeedEvent[] {
  const told = event(record, 0, 'model.promoted', record.data);
  const { version, name, previous, reason, fellBack } = record.data as unknown as Promoted;
  if (!fellBack) return [told];
  const data = { version, name, previous, reason };
  return [told, event(record, 1, 'model.fell_back', data), event(record, 2, 'alert', { kind: 'model', ...data })];
}

/** Where the guard ended it, people are to look, as where it fell back. */
function canaryEvents(record: JournalRecord): FeedEvent[] {
  const told = event(record, 0, 'model.canary', record.data);
  const { version, reason, guard } = record.data as { version: string; reason?: string; guard?: true };
  if (!guard) return [told];
  const data = { version, reason, canary: true };
  return [told, event(record, 1, 'model.fell_back', data), event(record, 2, 'alert', { kind: 'model', ...data })];
}

/** A notice pages nobody. */
function driftEvents(record: JournalRecord): FeedEvent[] {
  const data = driftView(record.data as unknown as DriftData);
  const told = event(record, 0, 'drift.detected', data);
  return data.level === 'notice' ? [told] : [told, event(record, 1, 'alert', { kind: 'drift', ...data })];
}

/** A command is an event once it has been applied and was not refused; where that cannot be asked, it says so. */
async function commandEvents(record: JournalRecord, outcome: Outcome | undefined): Promise<FeedEvent[]> {
  const answer = await outcome?.(record.sequence).catch(() => undefined);
  if (answer?.error) return [];
  const confirmed = answer ? {} : { confirmed: false };
  if (record.type === 'finalize') {
    const { transactionId, override } = record.data as unknown as FinalizeData;
    return [event(record, 0, 'transaction.finalized', { transactionId, override, ...confirmed })];
  }
  if (record.type.startsWith('policy.')) {
    const told = { kind: record.type.slice(7), ...policyTold(record.data) };
    return [event(record, 0, 'policy.changed', { ...told, ...answer?.body, ...confirmed })];
  }
  if (record.type === 'case') {
    const { caseId, action } = record.data as unknown as CaseData;
    if (action === 'escalate') return [event(record, 0, 'case.overdue', { caseId, ...answer?.body, ...confirmed })];
    return [event(record, 0, 'case.changed', { caseId, action, ...answer?.body, ...confirmed })];
  }
  return [event(record, 0, TOLD_BY[record.type]!, { ...toldOf(record), ...standing(answer), ...confirmed })];
}

/** What is in force after it, where that is known. */
function standing(answer: CommandAnswer | undefined) {
  const { effective, labelState } = answer?.body ?? {};
  return labelState === undefined ? {} : { effective: effective ?? null, labelState };
}

/** What was told of a transaction after its decision. */
function toldOf({ type, data, personal }: JournalRecord): Record<string, unknown> {
  switch (type) {
    case 'dispute': {
      const { transactionId, disputeId, kind, scheme, reasonCode, amount, currency, status, reportedAt } =
        data as unknown as DisputeData;
      const told = { transactionId, disputeId, kind, scheme, reasonCode, amount, currency, status };
      return { ...told, reportedAt: new Date(reportedAt).toISOString() };
    }
    case 'event': {
      const { transactionId, eventId, type, at, amount, code, avs, cvc, threeDS } = data as unknown as EventData;
      return { transactionId, eventId, type, at: new Date(at).toISOString(), amount, code, avs, cvc, threeDS };
    }
    case 'review': {
      const { transactionId, action, expired } = data as unknown as ReviewData;
      return { transactionId, action, reason: personal?.reason, expired };
    }
    default: {
      const { labelId, transactionId, label, source, note, rank } = data as unknown as LabelData;
      return { labelId, transactionId, label, source, note, ...(rank === RANK_PINNED ? { pinned: true } : {}) };
    }
  }
}

/** What a change was about, without its content: whoever wants that asks for the policy. */
function policyTold({ action, ruleId, list, by }: Record<string, unknown>): Record<string, unknown> {
  return {
    ...(action === undefined ? {} : { action }),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(list === undefined ? {} : { list }),
    by: by ?? null,
  };
}
