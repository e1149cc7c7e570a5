import Type from 'typebox';
import { ENTITY_NOTE_KINDS } from '../../domain/entity-note.ts';
import { Window, words } from './common.ts';

/** Queues, templates, absences and notes of entities: for the dashboard, and not in the document. */

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const person = text(255);
const amount = { type: 'number', minimum: 0, maximum: 1e12 };
const numberOrNull = (range: { type: string; minimum: number; maximum: number }) =>
  Type.Unsafe<number | null>({ ...range, type: [range.type, 'null'] } as never);

const queue = {
  name: text(100),
  rules: Type.Optional(
    Type.Unsafe<string[] | null>({ type: ['array', 'null'], maxItems: 50, items: { type: 'string', maxLength: 255 } }),
  ),
  minAmount: Type.Optional(numberOrNull(amount)),
  maxAmount: Type.Optional(numberOrNull(amount)),
  minScore: Type.Optional(numberOrNull({ type: 'integer', minimum: 0, maximum: 100 })),
  members: Type.Array(person, { minItems: 1, maxItems: 100, uniqueItems: true }),
  mode: words(['pull', 'round-robin']),
  capacity: Type.Optional(numberOrNull({ type: 'integer', minimum: 1, maximum: 10_000 })),
};
const closed = { additionalProperties: false };
const version = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });

export const QueueBody = Type.Object(queue, closed);
export const QueueChangeBody = Type.Object({ ...queue, version }, closed);
export const NextCaseBody = Type.Object({ queue: Type.Optional(text(255)), assignee: Type.Optional(person) }, closed);
export const AbsenceBody = Type.Object(
  { until: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' })) },
  closed,
);
export const TemplateBody = Type.Object({ name: text(100), text: text(2000) }, closed);
export const TemplateChangeBody = Type.Object({ name: text(100), text: text(2000), version }, closed);
export const EntityNoteBody = Type.Object({ kind: words(ENTITY_NOTE_KINDS), text: text(2000) }, closed);
export const OutcomesQuery = Type.Object({ window: Type.String({ ...Window, default: '30d' }) });
export const MemberParam = Type.Object({ member: person });
