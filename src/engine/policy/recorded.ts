import type { Decision } from '../../domain/decision.ts';
import type { DecisionData } from '../../domain/records.ts';
import { schemaHash } from '../../features/compile.ts';
import type { FeatureDefinition } from '../../features/definition.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { joined } from '../entry.ts';
import { eventOfRecord } from '../event.ts';
import { judge, judgeWithoutModel, type Serving, thresholdsOf } from '../judge.ts';
import { applyPolicy, type DrawControl, type Seen } from './apply.ts';
import type { InForce } from './in-force.ts';

/** Where a number that rules ask for stands in a record: among the rules' own, in the model's vector, or nowhere. */
type Source = { of: 'rules' | 'model'; slot: number } | undefined;

export interface Then {
  /** The policy of the version that the record names. */
  inForce: InForce;
  /** The model that made the record's vector; undefined where it had none, or that model is gone. */
  serving: Serving | undefined;
}

/** How to fill one policy's rule vector from records that another made. Make it once for a pair, not for each record. */
export interface Refill {
  /** Definitions that such records do not hold. */
  missing: readonly FeatureDefinition[];
  /** Into an array of so many numbers, where one is given. */
  fill(record: JournalRecord, into?: Float64Array): Float64Array;
}

export function refillOf(then: Then, asked: readonly FeatureDefinition[]): Refill {
  const rules = new Map(then.inForce.definitions.map((definition, slot) => [meaning(definition), slot]));
  const model = new Map((then.serving?.features.definitions ?? []).map((one, slot) => [meaning(one), slot]));
  const sources = asked.map((definition): Source => {
    const key = meaning(definition);
    const slot = rules.get(key);
    if (slot !== undefined) return { of: 'rules', slot };
    const other = definition.operation === 'encoding' ? undefined : model.get(key);
    return other === undefined ? undefined : { of: 'model', slot: other };
  });
  return {
    missing: asked.filter((_, i) => sources[i] === undefined),
    fill(record, numbers = new Float64Array(sources.length)) {
      const { ruleVector, ruleSchema } = record.data as unknown as DecisionData;
      const own = ruleSchema === then.inForce.schema ? ruleVector : undefined;
      for (let i = 0; i < numbers.length; i++) {
        const source = sources[i];
        numbers[i] = (source?.of === 'rules' ? own : source && record.vector)?.[source!.slot] ?? Number.NaN;
      }
      return numbers;
    },
  };
}

/** A definition without its name: what is computed. */
function meaning({ name: _, ...rest }: FeatureDefinition): string {
  return schemaHash([{ ...rest, name: '' }]);
}

export interface Otherwise {
  inForce: InForce;
  /** Scores the record's vector, which must be of its features; undefined: no model takes part. */
  serving: Serving | undefined;
  draw?: DrawControl;
}

/** What a policy and a model make of a recorded payment: the very path of a decision, over numbers that were kept. */
export function decideRecorded(record: JournalRecord, refill: Refill, { inForce, serving, draw }: Otherwise): Decision {
  const { vector } = record;
  const judged =
    serving && vector
      ? judge(serving, vector, new Float64Array(vector.length), thresholdsOf(serving, inForce.policy), typeOf(record))
      : judgeWithoutModel();
  return applyPolicy(inForce, judged, seenOf(record, refill, inForce.entityTypes), draw);
}

const typeOf = ({ data }: JournalRecord) => (data as unknown as DecisionData).transaction.type;

export function seenOf(record: JournalRecord, refill: Refill, entityTypes: readonly string[]): Seen {
  return { ...paymentOf(record, entityTypes), ruleVector: refill.fill(record), recordedAt: record.at };
}

/** What a record holds of its payment, as rules see it. */
export type Payment = Pick<Seen, 'transaction' | 'event'>;

export function paymentOf(record: JournalRecord, entityTypes: readonly string[]): Payment {
  return {
    transaction: joined(record.data as unknown as DecisionData, record.personal),
    event: eventOfRecord(record, entityTypes),
  };
}
