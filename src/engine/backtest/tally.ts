import type { Outcome } from '../../domain/decision.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Would } from './evaluator.ts';
import { bytes, createWords, doubles, type Words, words16, words32 } from './rows.ts';

/** Decisions as numbers, row by row, as they were and would have been: some 100 bytes each, and no objects. */
export interface Rows {
  readonly length: number;
  add(record: JournalRecord, would: Would): void;
  at(row: number): number;
  sequence(row: number): number;
  /** Base currency; NaN where it is not known. */
  amount(row: number): number;
  was(row: number): Outcome;
  would(row: number): Outcome;
  /** Before the control share was drawn. */
  wasControl(row: number): boolean;
  /** Ids of the rules that would have hit, and whether each alone made the difference. */
  hits(row: number, each: (rule: number, alone: boolean) => void): void;
  readonly rules: readonly string[];
  /** A number for its word; 0 where it has none. */
  segment(field: SegmentField, row: number): number;
  word(field: SegmentField, segment: number): string;
  readonly degraded: { readonly count: number; readonly ids: readonly string[] };
}

export const OUTCOMES: readonly Outcome[] = ['approve', 'review', 'decline'];
export const SEGMENTS = ['currency', 'country', 'productCategory', 'channel', 'type'] as const;
export type SegmentField = (typeof SEGMENTS)[number];

const MOST_NAMED = 100;
const ALONE = 1;

export function createRows(): Rows {
  const [at, sequence, amount] = [doubles(), doubles(), doubles()];
  const [was, would, control] = [bytes(), bytes(), bytes()];
  const [hitsEnd, hits] = [words32(), words16()];
  const rules: string[] = [];
  const ruleCodes = new Map<string, number>();
  const degraded = { count: 0, ids: [] as string[] };
  const words = Object.fromEntries(
    SEGMENTS.map((field) => [field, { names: createWords(), codes: words16() }]),
  ) as Record<SegmentField, { names: Words; codes: ReturnType<typeof words16> }>;

  function codeOf(id: string): number {
    let code = ruleCodes.get(id);
    if (code === undefined) {
      code = rules.push(id) - 1;
      ruleCodes.set(id, code);
    }
    return code;
  }

  return {
    rules,
    degraded,
    get length() {
      return at.length;
    },
    add(record, { decision, alone }) {
      const data = record.data as unknown as DecisionData;
      const { transaction } = data;
      at.push(record.at);
      sequence.push(record.sequence);
      amount.push(transaction.amountBase ?? Number.NaN);
      was.push(OUTCOMES.indexOf(data.decision.decision));
      would.push(OUTCOMES.indexOf(decision.decision));
      control.push(data.decision.control ? 1 : 0);
      for (const { id } of decision.rules) hits.push(2 * codeOf(id) + (alone.includes(id) ? ALONE : 0));
      hitsEnd.push(hits.length);
      for (const field of SEGMENTS) words[field].codes.push(words[field].names.codeOf(transaction[field]));
      if (data.decision.degraded) {
        degraded.count++;
        if (degraded.ids.length < MOST_NAMED) degraded.ids.push(transaction.id);
      }
    },
    at: at.at,
    sequence: sequence.at,
    amount: amount.at,
    was: (row) => OUTCOMES[was.at(row)],
    would: (row) => OUTCOMES[would.at(row)],
    wasControl: (row) => control.at(row) === 1,
    hits(row, each) {
      for (let i = row === 0 ? 0 : hitsEnd.at(row - 1); i < hitsEnd.at(row); i++)
        each(hits.at(i) >> 1, (hits.at(i) & ALONE) === 1);
    },
    segment: (field, row) => words[field].codes.at(row),
    word: (field, segment) => words[field].names.names[segment],
  };
}
