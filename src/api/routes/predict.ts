import type { Static } from 'typebox';
import { AssayError } from '../../domain/errors.ts';
import type { TransactionBody } from '../../domain/fields.ts';
import { createRates } from '../../domain/rates.ts';
import type { Transaction } from '../../domain/transaction.ts';
import { takeIn } from '../../intake/transaction.ts';
import type { Api } from '../api.ts';
import { PredictAnswer, PredictBody, StatelessAnswer, StatelessBody } from '../contract/cards.ts';
import { json, problems } from '../contract/common.ts';
import type { Services } from '../services.ts';
import { scorerOf } from './cards.ts';

const tags = ['cards'];
const config = { scope: 'ingest' } as const;

/** Two small predictions; nothing is recorded or learnt. */
export function predictRoutes(app: Api, services: Services): void {
  const { cards, stateless, clock } = services;

  app.post(
    '/api/v1/predict',
    {
      config,
      schema: {
        operationId: 'predict',
        tags,
        summary: 'The probability of fraud of a card payment given as a vector',
        body: PredictBody,
        response: {
          200: json('The probability', PredictAnswer),
          ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request) => {
      const { probability } = scorerOf(cards).score(request.body);
      const isFraud = Math.round(100 * probability) >= services.config.fraudThreshold;
      return { fraud_probability: probability, is_fraud: isFraud };
    },
  );

  app.post(
    '/api/v1/predict_fraud',
    {
      config,
      schema: {
        operationId: 'predictFraud',
        tags,
        summary: 'Three models judge a payment by what it says of itself',
        body: StatelessBody,
        response: {
          200: json('The verdict', StatelessAnswer),
          ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { judge, problem } = stateless;
      if (!judge)
        throw new AssayError('unavailable', `The models of this service are not here: ${problem ?? 'none'}.`, {
          retryAfterSeconds: 30,
        });
      const transaction = transactionOf(request.body, clock());
      const { amount, product_category, customer_location, account_age_days } = request.body;
      if (transaction.warnings.length > 0) reply.header('x-assay-warning', named(transaction.warnings.join(' ')));
      const { isFraudulent, explanation, models } = judge(transaction);
      return {
        id: -1,
        amount,
        product_category,
        customer_location,
        account_age_days,
        transaction_date: new Date(transaction.time).toISOString(),
        is_fraudulent: isFraudulent,
        fraud_explanation: explanation,
        models: Object.fromEntries(
          Object.entries(models).map(([kind, { probability, isFraudulent: fraud, version }]) => [
            kind,
            { probability, is_fraudulent: fraud, version },
          ]),
        ),
      };
    },
  );
}

/** Amounts are dollars, as they were in training. */
const IN_DOLLARS = { rates: createRates('USD', {}), ratesMaxAgeDays: 0 };

const NAMES: Readonly<Record<string, string>> = {
  productCategory: 'product_category',
  customerLocation: 'customer_location',
  accountAgeDays: 'account_age_days',
  transactionDate: 'transaction_date',
};

const named = (text: string) => text.replace(/\w+/g, (name) => NAMES[name] ?? name);

/** The payment as the features know it. Errors name the fields as they are called here. */
function transactionOf(body: Static<typeof StatelessBody>, receivedAt: number): Transaction {
  const { amount, product_category, customer_location, account_age_days, transaction_date } = body;
  const asked: TransactionBody = {
    userId: 'nobody',
    amount,
    productCategory: product_category,
    customerLocation: customer_location,
    accountAgeDays: account_age_days,
  };
  if (transaction_date !== undefined) asked.transactionDate = transaction_date;
  try {
    return takeIn(asked, { id: 'nobody', receivedAt }, IN_DOLLARS);
  } catch (error) {
    if (!(error instanceof AssayError) || !error.errors) throw error;
    throw new AssayError(error.code, named(error.message), {
      errors: error.errors.map(({ path, message }) => ({ path: named(path), message })),
    });
  }
}
