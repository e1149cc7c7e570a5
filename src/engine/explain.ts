import type { Decision } from '../domain/decision.ts';
import { AssayError } from '../domain/errors.ts';
import type { IntakeData } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { Explanation } from './engine.ts';
import { joined } from './entry.ts';
import { allReasons, judge, type Serving } from './judge.ts';

interface Models {
  serving: () => Serving | undefined;
  /** The model of a version, serving or not. */
  servingOf: (version: string) => Serving | undefined;
}

/** A stored decision as the model of today makes it of the vector of then: the transaction does not meet itself. */
export function judgeAgain(ports: Models, record: JournalRecord): Decision | undefined {
  const serving = ports.serving();
  const { vector } = record;
  const version = (record.data as { decision?: Decision }).decision?.model?.version;
  const made = version === undefined ? undefined : ports.servingOf(version);
  if (serving && vector && made && made.model.featureSchema === serving.model.featureSchema)
    return judge(serving, vector, new Float64Array(vector.length));
  return undefined;
}

/** The transaction of a record, for where its vector is of no use to the model of today. */
export function transactionOf(record: JournalRecord): Transaction {
  return joined(record.data as unknown as IntakeData, record.personal);
}

/** Every contribution of a stored decision, from its vector and the model version that made it. */
export function explain(ports: Models, record: JournalRecord): Explanation {
  const data = record.data as { transaction: { id: string }; decision?: { model?: { name: string; version: string } } };
  const reference = data.decision?.model;
  const transactionId = data.transaction.id;
  if (!reference || !record.vector)
    return { transactionId, model: null, baseValue: 0, rawScore: 0, probability: 0, contributions: [] };
  const serving = ports.servingOf(reference.version);
  if (!serving)
    throw new AssayError(
      'not_found',
      `Model ${reference.version}, which decided ${transactionId}, is not here any more.`,
    );
  const contributions = new Float64Array(record.vector.length);
  const baseValue = serving.model.explain(record.vector, contributions);
  const rawScore = contributions.reduce((sum, part) => sum + part, baseValue);
  return {
    transactionId,
    model: reference,
    baseValue,
    rawScore,
    probability: serving.model.calibrate(rawScore),
    contributions: allReasons(serving, record.vector, contributions),
  };
}
