import Type, { type TNumber, type TSchema } from 'typebox';
import { answer, Time } from './common.ts';

const components: Record<string, TNumber> = Object.fromEntries(
  Array.from({ length: 28 }, (_, i) => [
    `V${i + 1}`,
    Type.Number(i === 0 ? { description: 'Principal components, any finite number' } : {}),
  ]),
);
const Amount = Type.Number({ description: 'Amount, any finite number' });

/** The fields are known by name alone: there are thirty of them. */
const vector = (properties: Record<string, TSchema>, description: string) =>
  Type.Unsafe<Record<string, number>>(Type.Object(properties, { description }));

export const CardBody = vector(
  { Time: Type.Number({ description: 'Seconds since the first payment of the file' }), ...components, Amount },
  'A card payment as a vector; other fields are ignored',
);
export const CardBatchBody = Type.Object({ transactions: Type.Array(CardBody, { minItems: 1, maxItems: 10_000 }) });
export const PredictBody = vector({ ...components, Amount }, 'A card payment as a vector, without its time');

export const CardAnswer = answer({
  'fraud-score': Type.Integer({ minimum: 0, maximum: 100, description: 'round(100 × probability)' }),
  'is-fraud': Type.Boolean({ description: 'Whether the score reaches FRAUD_THRESHOLD' }),
  'model-version': Type.String(),
  ood_warning: Type.Array(answer({ feature: Type.String(), z: Type.Number() }), {
    description: 'Features with |z| > 3 against training, the farthest first',
  }),
});
export const CardBatchAnswer = answer({ data: Type.Array(CardAnswer) });
export const PredictAnswer = answer({
  fraud_probability: Type.Number({ minimum: 0, maximum: 1 }),
  is_fraud: Type.Boolean(),
});

export const CardModelInfo = answer({
  model_version: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  training_date: Time(),
  fraud_threshold: Type.Number(),
  features: Type.Array(Type.String()),
  feature_importance: Type.Array(
    answer({
      feature: Type.String(),
      importance: Type.Number(),
    }),
    { description: 'Strongest first' },
  ),
  metrics: Type.Unsafe<Record<string, unknown>>({ type: 'object' }),
  data_lineage: Type.Unsafe<Record<string, unknown>>({
    type: 'object',
  }),
});

export const StatelessBody = Type.Object({
  amount: Type.Number({ exclusiveMinimum: 0, maximum: 1e12, description: 'US dollars' }),
  product_category: Type.String({ minLength: 1, maxLength: 255 }),
  customer_location: Type.String({ minLength: 1, maxLength: 255 }),
  account_age_days: Type.Number({ minimum: 0, maximum: 1e6 }),
  transaction_date: Type.Optional(
    Type.String({ format: 'instant', maxLength: 64, description: 'RFC 3339; the receipt by default' }),
  ),
});
export const ModelVerdict = answer({
  probability: Type.Number(),
  is_fraudulent: Type.Boolean(),
  version: Type.String(),
});
export const StatelessAnswer = answer({
  id: Type.Literal(-1, { description: 'Nothing is recorded' }),
  amount: Type.Number(),
  product_category: Type.String(),
  customer_location: Type.String(),
  account_age_days: Type.Number(),
  transaction_date: Time('As it counted'),
  is_fraudulent: Type.Boolean(),
  fraud_explanation: Type.String({
    description: '`Potential fraud detected.` or `No fraudulent activity detected.`, and why',
  }),
  models: answer({ logistic: ModelVerdict, network: ModelVerdict, trees: ModelVerdict }),
});
