import { setImmediate as breathe } from 'node:timers/promises';
import { AssayError } from '../../domain/errors.ts';
import { type CardScorer, sensitivityOf } from '../../engine/cards.ts';
import type { LoadedModel } from '../../models/artifact.ts';
import type { Api } from '../api.ts';
import { CardAnswer, CardBatchAnswer, CardBatchBody, CardBody, CardModelInfo } from '../contract/cards.ts';
import { json, problems } from '../contract/common.ts';
import type { Charge } from '../guard.ts';
import { importanceOf } from '../models.ts';
import { sendRows } from '../rows.ts';
import type { CardService, Services } from '../services.ts';

const tags = ['cards'];
const BATCH_BYTES = 16 * 1024 * 1024;
/** Rows between two looks at what else waits. */
const ROWS_A_TURN = 200;

/** This API came to be with 403 for a key that is missing or wrong, and 422 for numbers that are none. */
const config = { scope: 'ingest', badKey: 403, bareNumbers: 422 } as const;

/** Scores card payments as vectors; nothing is recorded or learnt. */
export function cardRoutes(app: Api, services: Services, charge: Charge): void {
  const { cards } = services;
  const { fraudThreshold } = services.config;

  function answerOf(scorer: CardScorer, fields: Record<string, unknown>) {
    const { probability, unusual } = scorer.score(fields);
    const score = Math.round(100 * probability);
    return {
      'fraud-score': score,
      'is-fraud': score >= fraudThreshold,
      'model-version': scorer.model.version,
      ood_warning: unusual,
    };
  }

  app.post(
    '/v1/fraud-score',
    {
      config,
      schema: {
        operationId: 'cardScore',
        tags,
        summary: 'Score a card payment given as a vector',
        body: CardBody,
        response: { 200: json('The score', CardAnswer), ...problems(400, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request) => answerOf(scorerOf(cards), request.body),
  );

  app.post(
    '/v1/fraud-score/batch',
    {
      config,
      bodyLimit: BATCH_BYTES,
      schema: {
        operationId: 'cardScoreBatch',
        tags,
        summary: 'Score up to 10,000 card payments',
        description: 'One row that does not fit refuses them all.',
        body: CardBatchBody,
        response: { 200: json('The scores', CardBatchAnswer), ...problems(400, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { transactions } = request.body;
      await charge(request, reply, transactions.length - 1);
      const scorer = scorerOf(cards);
      const rows: string[] = [];
      for (const fields of transactions) {
        rows.push(JSON.stringify(answerOf(scorer, fields)));
        if (rows.length % ROWS_A_TURN === 0) await breathe();
      }
      return sendRows(reply, rows);
    },
  );

  app.get(
    '/v1/model-info',
    {
      config: { scope: 'read', badKey: 403 },
      schema: {
        operationId: 'cardModelInfo',
        tags,
        summary: 'The card model: its training, inputs and quality',
        response: { 200: json('The model', CardModelInfo), ...problems(403, 429, 503) },
      },
    },
    async () => {
      const { model } = scorerOf(cards);
      const { head } = model;
      return {
        model_version: model.version,
        name: head.name,
        kind: head.kind,
        training_date: cards.trainedAt ?? '',
        fraud_threshold: fraudThreshold,
        features: model.features,
        feature_importance: importances(model),
        metrics: head.metrics,
        data_lineage: { ...head.lineage },
      };
    },
  );
}

/** Shares of the gain, or of what the score moves where the learner counts no gain; the strongest first. */
function importances(model: LoadedModel): { feature: string; importance: number }[] {
  const gains = importanceOf(model.head);
  const moves = gains.length > 0 ? [] : sensitivityOf(model).map((gain, i) => ({ feature: model.features[i], gain }));
  const all = [...gains, ...moves].filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
  const total = all.reduce((sum, { gain }) => sum + gain, 0);
  return all.map(({ feature, gain }) => ({ feature, importance: gain / total }));
}

/** Throws `unavailable` where there is no card model: the rest lives on. */
export function scorerOf(cards: CardService): CardScorer {
  if (cards.scorer) return cards.scorer;
  throw new AssayError('unavailable', `There is no card model: ${cards.problem ?? 'none is configured'}.`, {
    retryAfterSeconds: 30,
  });
}
