import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { canonicalAddress, canonicalNetwork } from '../../domain/address.ts';
import { AssayError } from '../../domain/errors.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { Earlier } from '../../engine/counterfactual/moves.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { TransactionFilter } from '../../projections/store.ts';
import type { Api } from '../api.ts';
import { requireScope } from '../auth.ts';
import { json, list, PageQuery, problems } from '../contract/common.ts';
import {
  Explanation,
  IdParam,
  ListQuery,
  NarrateQuery,
  Stats,
  StatsQuery,
  TransactionShown,
  UserIdParam,
} from '../contract/transactions.ts';
import { shownNarrative } from '../narrative.ts';
import { type PageRequest, sendList } from '../page.ts';
import { read } from '../read.ts';
import { recordOf } from '../record-of.ts';
import { allowed } from '../routing.ts';
import type { Services } from '../services.ts';
import { transactionCsv } from '../transaction-csv.ts';
import { instant, invalid, windowUntil } from '../window.ts';

type Asked = FastifyRequest<{ Querystring: PageRequest & { bom?: 'true' | 'false' } }>;

const tags = ['transactions'];
const config = { scope: 'read' } as const;
const errors = problems(401, 403, 422, 429, 503);

export function transactionReadRoutes(app: Api, services: Services): void {
  const { store, clock } = services;
  const csv = transactionCsv(services);
  const send = (request: Asked, reply: FastifyReply, filter: TransactionFilter) =>
    sendList(request, reply, request.query, (page) => read(services, () => store.transactions.list(filter, page)), csv);

  app.get(
    '/api/transactions',
    {
      config,
      exposeHeadRoute: false,
      schema: {
        operationId: 'listTransactions',
        tags,
        summary: 'List transactions, newest first',
        querystring: ListQuery,
        response: { 200: list('One page', TransactionShown), ...errors },
      },
    },
    async (request, reply) => {
      const filter = filterOf(request.query, services.config.ipv6Prefix);
      const page = await send(request, reply, filter);
      if (request.query.total !== 'true' || reply.sent) return page;
      return { ...page, total: await read(services, () => store.transactions.count(filter)) };
    },
  );
  app.head('/api/transactions', { config, schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('allow', allowed(['GET', 'HEAD', 'POST']))
      .type('application/json; charset=utf-8')
      .send(),
  );

  app.get(
    '/api/transactions/alerts',
    {
      config,
      schema: {
        operationId: 'listAlerts',
        tags,
        summary: 'What waits for a person: review and decline, unresolved',
        querystring: Type.Object(PageQuery),
        response: { 200: list('One page', TransactionShown), ...errors },
      },
    },
    async (request, reply) => send(request, reply, { alerts: true }),
  );

  app.get(
    '/api/transactions/user/:userId',
    {
      config,
      schema: {
        operationId: 'listTransactionsOfUser',
        tags,
        summary: 'List a user’s transactions, newest first',
        params: UserIdParam,
        querystring: Type.Object(PageQuery),
        response: { 200: list('One page', TransactionShown), ...errors },
      },
    },
    async (request, reply) => send(request, reply, { userId: request.params.userId }),
  );

  app.get(
    '/api/transactions/stats',
    {
      config,
      schema: {
        operationId: 'transactionStats',
        tags,
        summary: 'Counts, rates, amounts, scores and latency of a window that ends now',
        querystring: StatsQuery,
        response: { 200: json('Figures', Stats), ...errors },
      },
    },
    async (request) => {
      const { window } = request.query;
      const { from, to } = windowUntil(clock(), window);
      const stats = await read(services, () => store.transactions.stats(from, to));
      return { window, from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...stats };
    },
  );

  app.get(
    '/api/transactions/:id',
    {
      config,
      schema: {
        operationId: 'getTransaction',
        tags,
        summary: 'Read a transaction',
        params: IdParam,
        response: { 200: json('The transaction', TransactionShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const view = (await read(services, () => store.transactions.get(id))) ?? missing(id);
      const narrative = await services.narration.written(id);
      return narrative ? { ...view, narrative: shownNarrative(services, { narrative }) } : view;
    },
  );

  app.get(
    '/api/transactions/:id/explanation',
    {
      config,
      schema: {
        operationId: 'explainTransaction',
        tags,
        summary: 'Every contribution to the decision',
        params: IdParam,
        querystring: NarrateQuery,
        response: { 200: json('The explanation', Explanation), ...problems(401, 403, 404, 409, 422, 429, 503) },
      },
    },
    async (request) => explain(services, request),
  );
}

async function explain(
  services: Services,
  request: FastifyRequest<{ Params: { id: string }; Querystring: Static<typeof NarrateQuery> }>,
) {
  const { id } = request.params;
  const { engine, store } = services;
  const asksChange = request.query.counterfactuals === 'true';
  if (asksChange) requireScope(request.apiKey, 'review');
  // The journal remembers what was deleted; the store says whether it may still be seen.
  if (!(await read(services, () => store.transactions.get(id)))) return missing(id);
  const record = await recordOf(services, id);
  if (!record) return missing(id);
  if (record.type !== 'decision') throw new AssayError('processing', `Transaction ${id} is not decided yet.`);
  const { narrate = 'false' } = request.query;
  const explanation = {
    ...engine.explain(record),
    ...(asksChange ? await engine.counterfactuals(record, await earlierOf(services, record)) : {}),
  };
  if (narrate === 'false') return explanation;
  const told = await services.narration.ofDecision(record, narrate === 'true');
  return { ...explanation, narrative: shownNarrative(services, told) };
}

const EARLIER = 20;

/** Of the user's payments before it those that were approved and did not turn out to be fraud, the newest first. */
async function earlierOf(services: Services, { data, at }: JournalRecord) {
  const { userId } = (data as unknown as DecisionData).transaction;
  const filter = { userId, decision: 'approve', to: at } as const;
  const page = await read(services, () => services.store.transactions.list(filter, { limit: EARLIER }));
  return page.data.filter(({ label }) => label !== 'fraud') as Earlier[];
}

export function missing(id: string): never {
  throw new AssayError('not_found', `There is no transaction ${id}.`);
}

const NAMED = {
  merchantId: 'merchant',
  cardId: 'card',
  deviceId: 'device',
  payeeId: 'payee',
} as const;

function filterOf(query: Static<typeof ListQuery>, ipv6Prefix: number): TransactionFilter {
  const {
    bom: _,
    limit: __,
    cursor: ___,
    total: ____,
    merchantId,
    cardId,
    deviceId,
    payeeId,
    ip,
    email,
    ...plain
  } = query;
  const { from, to, ...rest } = plain;
  const isNetwork = ip?.includes('/');
  if (ip !== undefined && (isNetwork ? canonicalNetwork(ip, ipv6Prefix) : canonicalAddress(ip)) === undefined)
    throw invalid('/ip', `must be an address, or a network of /24 or /${ipv6Prefix} (IPv6)`);
  const named = Object.entries({ merchantId, cardId, deviceId, payeeId }).map(([name, id]) => ({
    type: NAMED[name as keyof typeof NAMED],
    id,
  }));
  const entities = [
    ...named,
    { type: isNetwork ? 'network' : 'ip', id: ip },
    { type: email?.includes('@') ? 'mailbox' : 'email', id: email },
  ].filter((entity): entity is { type: string; id: string } => entity.id !== undefined);
  return {
    ...rest,
    entities,
    ...(from === undefined ? {} : { from: instant('from', from) }),
    ...(to === undefined ? {} : { to: instant('to', to) }),
  };
}
