/**
 * JSON Schemas of what stands in Kafka's topics, made of the API's own: `npm run schemas` writes them into schemas/, a test
 * holds that they are current.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type TSchema } from 'typebox';
import { documented } from '../src/api/contract/documented.ts';
import { fieldSchemas } from '../src/api/contract/fields.ts';
import { decisionFields, TransactionBody } from '../src/api/contract/transactions.ts';
import { isPersonal } from '../src/domain/fields.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
export const schemasFolder = join(import.meta.dirname, '..', 'schemas');

const fields: Record<string, TSchema> = fieldSchemas();
const open = { additionalProperties: true };
const milliseconds = (description: string) =>
  Type.Number({ description: `${description}; milliseconds since 1970, UTC` });

/** What a client may send and the record holds as it came: all but what is settled on the way in. */
const asSent = Object.fromEntries(
  Object.entries(fields).filter(
    ([name]) => !isPersonal(name) && !['id', 'userId', 'amount', 'currency', 'transactionDate'].includes(name),
  ),
);
const personal = Type.Object(Object.fromEntries(Object.entries(fields).filter(([name]) => isPersonal(name))), {
  description: 'Fields that say who someone is',
  ...open,
});

const nullable = (type: string, description: string) =>
  Type.Unsafe<number | null>({ type: [type, 'null'], description });

const transaction = Type.Object(
  {
    id: Type.String(),
    userId: Type.String(),
    amount: nullable('number', 'Major units of `currency`; null where nothing is paid'),
    amountMinor: nullable('integer', 'The same in minor units'),
    currency: Type.String({ description: 'ISO 4217' }),
    amountBase: nullable('number', 'In the base currency; null where there is no rate'),
    baseRate: nullable('number', 'What it was multiplied by'),
    time: milliseconds('When it happened'),
    offsetMinutes: Type.Number({ description: 'Of the client’s clock from UTC' }),
    dated: Type.Boolean({ description: 'Whether the client said when it happened' }),
    receivedAt: milliseconds('When it was received'),
    warnings: Type.Array(Type.String()),
    ...asSent,
  },
  { description: 'As it was accepted, personal fields apart', ...open },
);

const intake = {
  transaction,
  entities: Type.Array(Type.Number(), {
    description: 'A key for each entity type, by which profiles know it; 0 for none',
  }),
  location: Type.Number({ description: 'A key of customerLocation, 0 for none' }),
  bodyHash: Type.String({ description: 'Tells a repetition from another body under the same id' }),
  by: Type.Optional(Type.String({ description: 'Id of the API key that sent it' })),
};

const { fraudExplanation, ...judged } = decisionFields;
const decision = Type.Object(
  { ...judged, fraudExplanation: Type.Optional(fraudExplanation) },
  { description: 'What was decided', ...open },
);

function record(type: string, description: string, data: Record<string, TSchema>, more: Record<string, TSchema> = {}) {
  return Type.Object(
    {
      type: Type.Unsafe<string>({ const: type }),
      at: milliseconds('When it was recorded'),
      key: Type.String({ description: 'The first record of a key counts: whoever sees it again passes over it' }),
      aliases: Type.Optional(Type.Array(Type.String(), { description: 'Other names of it' })),
      data: Type.Object(data, open),
      ...more,
    },
    { description, ...open },
  );
}

const whose = { personal: Type.Optional(personal) };
const vector = Type.Optional(
  Type.String({
    contentEncoding: 'base64',
    description: 'The features it was decided by: little-endian float64, NaN where one was missing',
  }),
);

/** By file name. */
export function schemas(): Record<string, object> {
  return {
    'transactions.raw.json': {
      $schema: DIALECT,
      $id: 'transactions.raw.json',
      title: 'A message of transactions.raw',
      ...TransactionBody,
      description:
        'A transaction to decide, as POST /api/transactions takes it. The message’s key is the userId. Without an id it ' +
        'gets one of its place in the topic. What does not fit goes to transactions.dead, with the reason in its headers.',
    },
    'transactions.scored.json': {
      $schema: DIALECT,
      $id: 'transactions.scored.json',
      title: 'A message of transactions.scored',
      description:
        'A record of the journal. The message’s key is the transaction’s id; headers: v (format version, 1), k (the record’s ' +
        'key), a (its aliases, JSON), n (who appended it). Fields may be added; what is here keeps its meaning.',
      oneOf: [
        record(
          'decision',
          'A transaction was decided',
          {
            ...intake,
            decision,
            latencyMs: Type.Number({ description: 'From receipt to the decision' }),
            readSet: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
              description: 'For each entity: how many events it was decided from, and their fingerprint',
            }),
            ruleVector: Type.Optional(
              Type.Array(Type.Unsafe<number | null>({ type: ['number', 'null'] }), {
                description:
                  'What the rules asked of profiles, in the order of the policy version’s definitions; null: missing',
              }),
            ),
            ruleSchema: Type.Optional(Type.String({ description: 'Names these definitions in their order' })),
            ruleApproximate: Type.Optional(
              Type.Array(Type.Integer(), {
                description: 'Places in it whose windows reach past what is exactly known',
              }),
            ),
            joining: Type.Optional(
              Type.Object(
                {
                  due: Type.Optional(Type.Integer({ description: 'When it is to be worked, milliseconds' })),
                  windowMs: Type.Integer({ description: 'An open case further away in event time is not joined' }),
                  hubs: Type.Optional(
                    Type.Array(Type.String(), {
                      description: 'Types of its entities that strangers share: they join nothing',
                    }),
                  ),
                },
                { description: 'Of a review or decline: how it finds its case' },
              ),
            ),
          },
          { ...whose, vector },
        ),
        record('intake', 'A transaction was taken in, to be decided later', intake, whose),
        record('failed', 'A transaction could not be decided', { transactionId: Type.String(), error: Type.String() }),
      ],
    },
  };
}

export const textOf = (schema: object): string => `${JSON.stringify(documented(schema), null, 2)}\n`;

if (import.meta.main)
  for (const [name, schema] of Object.entries(schemas())) writeFileSync(join(schemasFolder, name), textOf(schema));
