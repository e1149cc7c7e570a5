import type { Decision } from '../../domain/decision.ts';
import type { Event } from '../../domain/event.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { outcomeOf } from '../../policy/thresholds.ts';
import { eventOfRecord } from '../event.ts';
import { judgeWithoutModel, type Serving, thresholdsOf } from '../judge.ts';
import type { InForce } from '../policy/in-force.ts';
import { type Transfer, transferOf } from '../transfer.ts';

/** Models that a judge of recorded decisions asks for. */
export interface ModelsThen {
  /** The model of a version; undefined where it is gone. */
  servingOf(version: string): Serving | undefined;
  /** Scores in the place of each decision's own; undefined: that of then. */
  other: Serving | undefined;
}

/** What a model makes of recorded decisions, before any rule is heard. */
export interface StoredJudge {
  /** Undefined where the record's vector does not hold what the model reads. `event`: the record's, where it is at hand. */
  judged(record: JournalRecord, inForce: InForce, event?: Event): Decision | undefined;
  /** Decisions whose model is gone: their probability is kept, and judged by the thresholds of the model of today. */
  readonly gone: number;
}

export function createStoredJudge({ servingOf, other }: ModelsThen, today: () => Serving | undefined): StoredJudge {
  const transfers = new Map<string, Transfer | undefined>();
  const known = new Map<string, Serving | undefined>();
  const vector = new Float64Array(other?.features.names.length ?? 0);
  let gone = 0;
  let last: { version: string; serving: Serving | undefined } | undefined;

  function served(version: string): Serving | undefined {
    // One after the other mostly come of the same.
    if (last?.version === version) return last.serving;
    if (!known.has(version)) known.set(version, servingOf(version));
    last = { version, serving: known.get(version) };
    return last.serving;
  }

  function transferFrom(version: string): Transfer | undefined {
    if (!transfers.has(version)) {
      const from = served(version);
      const transfer = from && other && transferOf(from, other);
      transfers.set(version, transfer?.missing.length === 0 ? transfer : undefined);
    }
    return transfers.get(version);
  }

  /** By its own model the score is that of then: nothing is computed again. */
  function asThen(decision: Decision, inForce: InForce): Decision {
    const { model, probability } = decision;
    if (!model) return judgeWithoutModel();
    const own = served(model.version);
    if (!own) gone++;
    const serving = own ?? today();
    const { review, decline } = inForce.policy.thresholds;
    const thresholds = serving
      ? thresholdsOf(serving, inForce.policy)
      : { review: review ?? Number.POSITIVE_INFINITY, decline: decline ?? Number.POSITIVE_INFINITY };
    return scored(decision, outcomeOf(probability, thresholds));
  }

  return {
    judged(record, inForce, event) {
      const { decision } = record.data as unknown as DecisionData;
      if (!other || decision.model?.version === other.model.version) return asThen(decision, inForce);
      const transfer = decision.model && record.vector && transferFrom(decision.model.version);
      if (!transfer) return undefined;
      transfer.apply(record.vector!, event ?? eventOfRecord(record, []), vector);
      return scoredBy(other, vector, inForce);
    },
    get gone() {
      return gone;
    },
  };
}

/** By the score alone: nobody reads the reasons of what would have been, and adding them up takes most of a decision's time. */
function scoredBy(serving: Serving, vector: Float64Array, { policy }: InForce): Decision {
  const { model } = serving;
  const probability = model.calibrate(model.score(vector));
  const said = {
    score: Math.round(100 * probability),
    probability,
    model: { name: model.name, version: model.version },
  };
  return scored(said, outcomeOf(probability, thresholdsOf(serving, policy)));
}

/** A decision of a model anew, of what the record says of its score. */
export function scored(
  { score, probability, model }: Pick<Decision, 'score' | 'probability' | 'model'>,
  decision: Decision['decision'],
): Decision {
  const made: Decision = {
    decision,
    score,
    probability,
    isFraudulent: decision === 'decline',
    fraudExplanation: '',
    reasons: [],
    rules: [],
    oodWarning: [],
  };
  if (model) made.model = model;
  return made;
}
