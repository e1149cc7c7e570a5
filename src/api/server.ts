import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { AssayError } from '../domain/errors.ts';
import { createAdmission, refuseBeyond } from './admission.ts';
import { createAnswerMemory, rememberAnswers } from './answers.ts';
import type { Api } from './api.ts';
import { boundWriting } from './bound-writing.ts';
import { itemsRefused } from './bounded-json.ts';
import { screenBodies } from './card-numbers.ts';
import { answerClientError } from './client-error.ts';
import { boundClosing } from './closing.ts';
import { createDashboard } from './dashboard.ts';
import { documentApi } from './document.ts';
import { encodeRaw } from './encode-raw.ts';
import { guard, signAnswer } from './guard.ts';
import { createKeptAnswers } from './kept-answers.ts';
import { linger } from './linger.ts';
import { logRequests } from './log-requests.ts';
import { measure } from './metrics/metrics.ts';
import { tellUnknownNames } from './names.ts';
import { asAssayError, sendProblem } from './problem.ts';
import { createRateLimiter } from './rate-limit.ts';
import { readJson } from './read-json.ts';
import { requestId } from './request-id.ts';
import { auditRoutes } from './routes/audit.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { cardRoutes } from './routes/cards.ts';
import { caseBulkRoutes } from './routes/case-bulk.ts';
import { caseCommandRoutes } from './routes/case-commands.ts';
import { caseNextRoutes } from './routes/case-next.ts';
import { caseRoutes } from './routes/cases.ts';
import { demoRoutes } from './routes/demo.ts';
import { deskRoutes } from './routes/desk.ts';
import { driftRoutes } from './routes/drift.ts';
import { entityRoutes } from './routes/entities.ts';
import { entityNoteRoutes } from './routes/entity-notes.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { healthRoutes } from './routes/health.ts';
import { iso8583Routes } from './routes/iso8583.ts';
import { isoRoutes } from './routes/iso20022.ts';
import { keyRoutes } from './routes/keys.ts';
import { labelBatchRoutes } from './routes/label-batch.ts';
import { ledgerRoutes } from './routes/ledgers.ts';
import { lifeCommandRoutes } from './routes/life-commands.ts';
import { listRoutes } from './routes/lists.ts';
import { liveRoute } from './routes/live.ts';
import { modelRoutes } from './routes/models.ts';
import { pageRoutes } from './routes/pages.ts';
import { policyRoutes } from './routes/policy.ts';
import { predictRoutes } from './routes/predict.ts';
import { ruleRoutes } from './routes/rules.ts';
import { scoringRoutes } from './routes/scoring.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionRoutes } from './routes/session.ts';
import { transactionCommandRoutes } from './routes/transaction-commands.ts';
import { transactionReadRoutes } from './routes/transaction-reads.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { userRoutes } from './routes/users.ts';
import { viewRoutes } from './routes/views.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { declareRoutes } from './routing.ts';
import type { Services } from './services.ts';
import { createSessions } from './session.ts';
import { traceRequests } from './trace-requests.ts';
import { validatorCompiler } from './validate.ts';

export { assertListenable } from './auth.ts';

const MIB = 1024 * 1024;
/** What pages of other origins may read of an answer. */
const EXPOSED = [
  ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After', 'Location', 'X-Next-Cursor'],
  ...['X-Request-ID', 'X-Response-Time-Ms', 'Idempotent-Replayed', 'Preference-Applied', 'WWW-Authenticate'],
];
/** Longest id of 255 characters, every one of them four bytes, percent-encoded. */
const MAX_PARAM = 255 * 12;

/** The HTTP server with everything on it. Listens to nothing. */
export async function buildServer(services: Services): Promise<Api> {
  const { config, clock, log } = services;
  const app: Api = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger a request costs more than validating it; what is logged names its request id instead.
    childLoggerFactory: (logger) => logger,
    bodyLimit: MIB,
    requestTimeout: 60_000,
    // Of a socket on which nothing moves.
    connectionTimeout: 120_000,
    keepAliveTimeout: config.keepAliveMs,
    trustProxy: config.trustProxy,
    genReqId: requestId(),
    rewriteUrl: ({ url }) => encodeRaw(url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      signAnswer(request, reply);
      sendProblem(request, reply, error);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.server.maxConnections = config.maxConnections;
  boundWriting(app.server);
  app.decorateRequest('apiKey', undefined);
  app.setValidatorCompiler(validatorCompiler);
  // The schemas document answers, which may gain fields; a serializer made from them would drop those.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(async (error, request, reply) => {
    if (asAssayError(error).code === 'too_large') await linger(request.raw);
    const items = itemsRefused(error as object);
    if (items > 0) await charge.atMost(request, reply, items - 1);
    return sendProblem(request, reply, error);
  });
  const dashboard = createDashboard(config.dashboardDir, clock);
  app.setNotFoundHandler(
    (request, reply) =>
      dashboard.send(request, reply) ||
      sendProblem(
        request,
        reply,
        new AssayError('not_found', `There is no ${request.method} ${request.url.slice(0, 200)}.`),
      ),
  );
  const routes = declareRoutes(app);
  // Before the guard: it ends the sockets of the upgrades that the guard refuses.
  boundClosing(app);
  await app.register(websocket, {
    options: {
      maxPayload: 4096,
      handleProtocols: (offered: Set<string>) => (offered.has('assay') ? 'assay' : [...offered][0]),
    },
  });
  // Before it too: a page may read why it was refused.
  if (config.corsOrigins.length > 0)
    await app.register(cors, {
      origin: [...config.corsOrigins],
      strictPreflight: false,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      exposedHeaders: EXPOSED,
    });
  // In a fleet payments wait for others more than for this process, and a queue here says little.
  const admission = createAdmission({
    waiting: config.admitWaiting,
    delayMs: services.fleet ? 0 : config.admitDelayMs,
    stopwatch: () => performance.now(),
  });
  refuseBeyond(app, admission);
  const limiter =
    services.fleet?.limiter ?? createRateLimiter({ max: config.rateLimitMax, windowMs: config.rateLimitWindowMs });
  const sessions = createSessions(services.keys, clock);
  const charge = guard(app, services, sessions, config.rateLimitMax > 0 ? limiter : undefined);
  readJson(app);
  logRequests(app, log);
  traceRequests(app);
  const metrics = measure(app, services);
  screenBodies(app, services);
  tellUnknownNames(app);
  const onLost = (err: unknown) => log.warn({ err }, 'an answer is not remembered');
  rememberAnswers(app, createKeptAnswers(services.answers, onLost), createAnswerMemory(clock));

  await documentApi(app);

  transactionRoutes(app, services, admission);
  transactionReadRoutes(app, services);
  transactionCommandRoutes(app, services);
  lifeCommandRoutes(app, services);
  labelBatchRoutes(app, services, charge);
  await isoRoutes(app, services, charge);
  iso8583Routes(app, services);
  userRoutes(app, services);
  scoringRoutes(app, services, charge);
  entityRoutes(app, services);
  searchRoutes(app, services);
  caseRoutes(app, services);
  caseCommandRoutes(app, services);
  caseBulkRoutes(app, services, charge);
  auditRoutes(app, services);
  ledgerRoutes(app, services);
  keyRoutes(app, services);
  viewRoutes(app, services);
  deskRoutes(app, services);
  caseNextRoutes(app, services);
  entityNoteRoutes(app, services);
  webhookRoutes(app, services);
  erasureRoutes(app, services);
  sessionRoutes(app, services, sessions, charge);
  demoRoutes(app, services);
  cardRoutes(app, services, charge);
  predictRoutes(app, services);
  modelRoutes(app, services);
  driftRoutes(app, services);
  policyRoutes(app, services);
  ruleRoutes(app, services);
  backtestRoutes(app, services);
  await listRoutes(app, services);
  healthRoutes(app, services, metrics);
  liveRoute(app, services, sessions);
  pageRoutes(app, dashboard);
  routes.refuseOtherMethods();
  await app.ready();
  return app;
}
