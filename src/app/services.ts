import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type pino from 'pino';
import type { CardService, StatelessService } from '../api/services.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import { createCardScorer } from '../engine/cards.ts';
import type { Serving } from '../engine/judge.ts';
import { createStateless, STATELESS_KINDS } from '../engine/stateless.ts';
import { about } from '../features/about.ts';
import { loadArtifact } from '../models/artifact.ts';
import { chooseModel } from '../models/chosen.ts';
import { reasonOf } from '../models/registry.ts';
import { createDemo } from '../training/demo.ts';

/** Without its model the card service answers 503, and everything else lives on. */
export function loadCards(config: Config, log: pino.Logger): CardService {
  try {
    const { model, trainedAt } = chooseModel(config.cardModelPath, config.cardModelVersion);
    return { scorer: createCardScorer(model), trainedAt };
  } catch (error) {
    log.error({ err: error, path: config.cardModelPath }, 'no card model: /v1/fraud-score answers 503');
    return { problem: reasonOf(error) };
  }
}

export function loadStateless(config: Config, log: pino.Logger): StatelessService {
  try {
    const models = STATELESS_KINDS.map((kind) => [kind, loadArtifact(join(config.statelessModelDir, kind))]);
    return { judge: createStateless(Object.fromEntries(models)) };
  } catch (error) {
    log.error({ err: error, path: config.statelessModelDir }, 'no stateless models: predict_fraud answers 503');
    return { problem: reasonOf(error) };
  }
}

/** Made-up payments take the way of all others: validation, limits, the journal. */
export function demoOf(clock: Clock, log: pino.Logger, token: string, server: () => Pick<FastifyInstance, 'inject'>) {
  return createDemo({
    clock,
    seed: () => randomBytes(4).readUInt32LE(),
    onError: (error) => log.error({ err: error }, 'the stream of made-up payments failed'),
    async send(url, payload) {
      const headers = { host: 'localhost', 'x-api-key': token };
      return (await server().inject({ method: 'POST', url, payload, headers })).statusCode;
    },
  });
}

/** The features of a model for people: what each is about, and a sentence for its usual value. */
export function describeFeatures(serving: Serving | null) {
  if (!serving) return [];
  const { model, features } = serving;
  return features.definitions.map((definition, i) => ({
    ...definition,
    description: about(definition),
    usual: features.describe(i, model.statistics[i].p50, model.statistics[i]),
  }));
}
