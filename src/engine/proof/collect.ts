import type { DecisionData } from '../../domain/records.ts';
import { statementOf } from '../../domain/statement.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { createStoredEvaluator, type Evaluator } from '../backtest/evaluator.ts';
import { askedBy, type BacktestPorts, sequenceAt } from '../backtest/run.ts';
import { createTruths, type Truths } from '../backtest/truths.ts';
import { readPlain } from '../columns/columns.ts';
import type { Serving } from '../judge.ts';
import type { InForce } from '../policy/in-force.ts';
import { createProofRows, type ProofRows } from './rows.ts';

/** A model under a policy. */
export interface ProofSide {
  serving: Serving;
  inForce: InForce;
}

export interface ProofAsked {
  /** What is held against what. */
  challenger: ProofSide;
  against: ProofSide;
  /** Milliseconds, by the time of the record. */
  from: number;
  to: number;
}

export type ProofPorts = Omit<BacktestPorts, 'onProgress'>;

export interface Collected {
  rows: ProofRows;
  truths: Truths;
  /** From when on it was looked: later than asked where there is more than is looked at. */
  from: number;
  /** Decisions that one of both cannot be asked about. */
  skipped: number;
  /** What their records do not hold. */
  lacks: string[];
}

/** Records of the log that are read at most, the newest. */
const MOST_RECORDS = 400_000;
/** How far before the window frauds tell how late they come. */
const PAST_MS = 180 * 86_400_000;

/** Reads the log once: decisions as both sides would have made them of what was recorded, and what was said of them since. */
export async function collect(ports: ProofPorts, asked: ProofAsked): Promise<Collected> {
  const { journal, deleted } = ports;
  const end = journal.durable;
  const earliest = Math.max(1, end - MOST_RECORDS + 1);
  const begin = Math.max(earliest, await sequenceAt(journal, asked.from - PAST_MS));
  const sides = [asked.against, asked.challenger].map(({ serving, inForce }) =>
    createStoredEvaluator(ports, { inForce, other: serving }),
  );
  const [rows, truths] = [createProofRows(), createTruths(ports.maturityDays)];
  let from = asked.from;
  let skipped = 0;
  if (begin === earliest && begin > 1) from = Math.max(from, (await journal.get(begin))?.at ?? from);
  const fields = [asked.against, asked.challenger].map(({ inForce }) => askedBy(inForce, deleted, false).fields);
  const past =
    ports.columns?.read(begin, end, { fields: [...new Set(fields.flat())], readSet: false }) ??
    readPlain(journal, begin, end);
  for await (const some of past)
    for (const { record, payment } of some) {
      const pausing = ports.pause();
      if (pausing) await pausing;
      if (record.type !== 'decision') {
        const row = truths.tell(record);
        if (row !== undefined && statementOf(record)?.label === 'fraud') rows.tell(row, record.at);
        continue;
      }
      const { transaction, decision } = record.data as unknown as DecisionData;
      if (record.at >= asked.to || (deleted.size > 0 && deleted.has(transaction.id))) continue;
      const isAsked = record.at >= from;
      const would = isAsked ? sides.map((side) => side.decide(record, payment)) : [];
      const isWhole = would.every((one) => one !== undefined);
      if (!isWhole) skipped++;
      if (truths.add(record, payment?.event.id) === undefined) continue;
      const drawn = decision.control && (await drawnOf(journal, record));
      const [against, challenger] = isWhole ? would : [];
      rows.add({
        ...{ at: record.at, amount: transaction.amountBase ?? Number.NaN, share: drawn?.share ?? Number.NaN },
        acted: drawn?.would ?? decision.decision,
        ...(against && challenger ? { against: against.ruled, challenger: challenger.ruled } : {}),
        ...(challenger ? { probability: challenger.decision.probability, forced: isForced(challenger) } : {}),
      });
    }
  return { rows, truths, from, skipped, lacks: [...new Set(sides.flatMap(({ lacks }) => [...lacks]))] };
}

const isForced = ({ decision }: NonNullable<ReturnType<Evaluator['decide']>>) =>
  decision.decidedBy?.startsWith('rule:') ?? false;

/** Columns say that it was let through; the record with what share, and what it would have been. */
async function drawnOf(journal: ProofPorts['journal'], { data, sequence }: JournalRecord) {
  const { control } = (data as unknown as DecisionData).decision;
  if (control?.share !== undefined) return control;
  return ((await journal.get(sequence))?.data as unknown as DecisionData | undefined)?.decision.control;
}
