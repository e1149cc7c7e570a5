import { blankEvent, type Event, LABEL_FRAUD, LABEL_LEGITIMATE, LABEL_UNKNOWN, type Word } from '../domain/event.ts';
import { hash53 } from '../domain/hash.ts';
import { LABEL_SOURCES, labelRank, type Statement, voicesOf } from '../domain/label.ts';
import { PAYMENT_EVENT_TYPES } from '../domain/payment-event.ts';
import type { EventData, SubjectEvent } from '../domain/records.ts';
import { statementOf } from '../domain/statement.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { entitiesOf, eventOfRecord, typeCode } from './event.ts';

/** What profiles learn of a record: an event, what is said of one, or what became of it. Nothing of most. */
export interface Lesson {
  learn?: Event;
  label?: { event: Event; words: Word[] };
  /** Index among `PAYMENT_EVENT_TYPES`. */
  told?: { event: Event; outcome: number };
}

/**
 * `entityTypes` are those that profiles are kept of; `formerKeys` those of the log before it that were made of another spelling, to
 * which an event adds its own: what is said of one has no values beside its keys.
 */
export function lessonOf(
  record: JournalRecord,
  entityTypes: readonly string[],
  formerKeys: Map<number, number>,
): Lesson {
  const keysOf = (subject: SubjectEvent) =>
    entitiesOf(subject, entityTypes).map((key) => (formerKeys.size > 0 ? (formerKeys.get(key) ?? key) : key));
  if (record.type === 'decision')
    return { learn: eventOfRecord(record, entityTypes, (was, is) => formerKeys.set(was, is)) };
  if (record.type === 'event') {
    const { type, event } = record.data as unknown as EventData;
    const outcome = PAYMENT_EVENT_TYPES.indexOf(type);
    return outcome < 0 ? {} : { told: { event: subjectOf(event, keysOf(event)), outcome } };
  }
  const statement = statementOf(record);
  if (statement === undefined) return {};
  const { event } = record.data as unknown as { event: SubjectEvent };
  return { label: { event: subjectOf(event, keysOf(event)), words: wordsOf(statement) } };
}

function subjectOf({ id, time, amount, type }: SubjectEvent, entities: Float64Array): Event {
  return { ...blankEvent(0), id, type: typeCode(type), time, amount: amount ?? Number.NaN, entities };
}

const CODES = { fraud: LABEL_FRAUD, legitimate: LABEL_LEGITIMATE, none: LABEL_UNKNOWN } as const;

/** Numbers of the voices that there always are; a dispute's is the hash of its name. */
const VOICES = new Map(
  ['unranked', ...LABEL_SOURCES, ...LABEL_SOURCES.map((source) => `${source} pinned`)].map((name, voice) => [
    name,
    voice,
  ]),
);
const voiceOf = (name: string) => VOICES.get(name) ?? hash53(name);

/** A statement as numbers: one word for each voice that it speaks with. */
export function wordsOf(statement: Statement): Word[] {
  const { source, pinned, time, label } = statement;
  const rank = labelRank(source, pinned);
  return voicesOf(statement).map((name) => ({
    ...{ voice: voiceOf(name), source: voiceOf(source), rank, time, code: CODES[label] },
  }));
}
