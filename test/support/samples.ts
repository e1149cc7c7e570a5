import { join } from 'node:path';
import type { Decision } from '../../src/domain/decision.ts';
import { entityTypesWith } from '../../src/domain/entity.ts';
import type { Transaction } from '../../src/domain/transaction.ts';
import { entityKeys, eventOf } from '../../src/engine/event.ts';
import { judge, type Serving } from '../../src/engine/judge.ts';
import { createReplay } from '../../src/engine/replay.ts';
import { servingOf } from '../../src/engine/serving.ts';
import { loadArtifact } from '../../src/models/artifact.ts';
import { factsOf } from '../../src/narrator/facts.ts';
import type { TransactionFacts } from '../../src/narrator/narrator.ts';
import { createProfiles } from '../../src/profiles/memory.ts';
import { generate } from '../../src/training/generator/generate.ts';
import { DOLLAR_RATES } from '../../src/training/generator/places.ts';
import { FRAUD_KINDS, type FraudKind, type GeneratedTransaction } from '../../src/training/generator/transaction.ts';

const STREAM = { transactions: 30_000, seed: 7, users: 1_200, days: 60 };
/** Before that, nobody has a past. */
const WARM = 6_000;

const ENTITY_TYPES = entityTypesWith();

export interface Sample {
  /** What it is an instance of. */
  kind: FraudKind | 'honest';
  facts: TransactionFacts;
  decision: Decision;
  serving: Serving;
  vector: Float64Array;
}

/** Frauds of payments. */
export const KINDS = FRAUD_KINDS.filter((kind) => kind !== 'fake_registration' && kind !== 'payout_takeover');

/** The shipped model's decisions on a stream of the generator: two or three of each kind of fraud, and honest ones. */
export function samples(): Sample[] {
  const wanted = new Map<string, number>();
  for (const kind of KINDS) for (const outcome of ['decline', 'review']) wanted.set(`${kind} ${outcome}`, 1);
  // All that tests cards is declined on this stream, or missed.
  wanted.delete('card_testing review');
  wanted.set('card_testing approve', 1);
  wanted.set('slow_low approve', 1);
  wanted.set('honest approve', 4).set('honest review', 1);
  const found: Sample[] = [];
  for (const sample of decisions()) {
    const name = `${sample.kind} ${sample.decision.decision}`;
    const left = wanted.get(name) ?? 0;
    if (left === 0) continue;
    if (left === 1) wanted.delete(name);
    else wanted.set(name, left - 1);
    found.push(sample);
    if (wanted.size === 0) break;
  }
  const order = (kind: string) => [...FRAUD_KINDS, 'honest'].indexOf(kind);
  return found.sort((a, b) => order(a.kind) - order(b.kind));
}

function* decisions(): Generator<Sample> {
  const model = loadArtifact(join(import.meta.dirname, '..', '..', 'models', 'transactions'));
  const serving = servingOf(model, ENTITY_TYPES, 'USD');
  const naming = { entityTypes: ENTITY_TYPES, entityFields: {} };
  const profiles = createProfiles({ entityTypes: ENTITY_TYPES });
  const replay = createReplay(profiles);
  let row = 0;
  for (const generated of generate(STREAM)) {
    const transaction = transactionOf(generated);
    const event = eventOf(transaction, entityKeys(transaction, naming));
    replay.advance(event.time);
    if (++row > WARM) {
      const vector = new Float64Array(serving.features.names.length);
      serving.features.extract(profiles, event, vector);
      const decision = judge(serving, vector, new Float64Array(vector.length));
      const data = { transaction, decision };
      const record = {
        type: 'decision',
        at: event.time,
        key: '',
        sequence: row,
        version: 1,
        data,
        personal: {},
      } as const;
      const kind = generated.fraudKind ?? 'honest';
      yield { kind, facts: factsOf({ ...record, data: { ...data } }), decision, serving, vector };
    }
    replay.learn(event, generated.isFraud, generated.labelledAt ?? Number.NaN);
  }
}

function transactionOf(row: GeneratedTransaction): Transaction {
  const { isFraud: _isFraud, fraudKind: _kind, labelledAt: _labelledAt, life: _life, ...fields } = row;
  const amount = row.amount ?? null;
  const currency = row.currency ?? 'USD';
  const rate = (DOLLAR_RATES as Record<string, number>)[currency] ?? 1;
  return {
    ...(fields as typeof fields & Pick<Transaction, 'initiator'>),
    ...{ currency, amount, amountMinor: amount === null ? null : Math.round(amount * 100) },
    ...{ amountBase: amount === null ? null : amount * rate, baseRate: amount === null ? null : rate },
    ...{ dated: true, receivedAt: row.time, warnings: [] },
  };
}
