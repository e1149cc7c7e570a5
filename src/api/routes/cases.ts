import type { Static } from 'typebox';
import Type from 'typebox';
import { CASE_ENTITIES } from '../../domain/case.ts';
import type { QueueFilter } from '../../domain/desk.ts';
import { AssayError } from '../../domain/errors.ts';
import { caseFacts } from '../../narrator/facts.ts';
import type { CaseView } from '../../projections/case-view.ts';
import type { AuditView, CaseDetail, CaseFilter, TransactionView } from '../../projections/store.ts';
import { actor } from '../actor.ts';
import type { Api } from '../api.ts';
import { CaseFigures, CaseShown, CaseStatsQuery, CasesQuery, CaseWhole } from '../contract/cases.ts';
import { json, list, PageQuery, problems } from '../contract/common.ts';
import { OutcomesQuery } from '../contract/desk.ts';
import { IdParam, NarrateQuery, NarrativeShown, TransactionShown } from '../contract/transactions.ts';
import { shownNarrative } from '../narrative.ts';
import { type PageRequest, sendList } from '../page.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';
import { transactionCsv } from '../transaction-csv.ts';
import { invalid, windowUntil } from '../window.ts';
import { queueNamed } from './desk.ts';

const tags = ['cases'];
const config = { scope: 'read' } as const;
const SHOWN_TRANSACTIONS = 50;

export function caseRoutes(app: Api, services: Services): void {
  const { store, clock } = services;

  app.get(
    '/api/cases',
    {
      config,
      schema: {
        operationId: 'listCases',
        tags,
        summary: 'List cases, those with most at risk first',
        querystring: CasesQuery,
        response: { 200: list('One page', CaseShown), ...problems(401, 403, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { sort = 'risk' } = request.query;
      const filter = filterOf(request.query);
      const { queue } = request.query;
      if (queue !== undefined)
        filter.queue = (await read(services, () => queueNamed(services, '/queue', queue))).body as QueueFilter;
      return sendList(request, reply, request.query, async (asked) => {
        const page = await read(services, () => store.cases.list(filter, sort, asked));
        return { ...page, data: page.data.map((view) => shownCase(services, view)) };
      });
    },
  );

  app.get(
    '/api/cases/stats',
    {
      config,
      schema: {
        operationId: 'caseStats',
        tags,
        summary: 'Cases opened in a window that ends now, and how long they took',
        querystring: CaseStatsQuery,
        response: { 200: json('Figures', CaseFigures), ...problems(401, 403, 422, 429, 503) },
      },
    },
    async (request) => {
      const { window } = request.query;
      const { from, to } = windowUntil(clock(), window);
      const stats = await read(services, () => store.cases.stats(from, to));
      return { window, from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...stats };
    },
  );

  app.get('/api/cases/reasons', { config, schema: { hide: true } }, async () => ({
    data: services.config.caseReasons,
  }));

  app.get('/api/cases/outcomes', { config, schema: { hide: true, querystring: OutcomesQuery } }, async (request) => {
    const { window } = request.query;
    const { from, to } = windowUntil(clock(), window);
    const outcomes = await read(services, () => store.cases.outcomes(from, to));
    const data = outcomes.map((one) => ({ ...one, ...actor(services.keys, one.by) }));
    return { window, from: new Date(from).toISOString(), to: new Date(to).toISOString(), data };
  });

  app.get(
    '/api/cases/:id',
    {
      config,
      schema: {
        operationId: 'getCase',
        tags,
        summary: 'Read a case: transactions, comments, history, similar ones',
        params: IdParam,
        response: { 200: json('The case', CaseWhole), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const [detail, transactions] = await read(services, () =>
        Promise.all([store.cases.get(id), store.cases.transactions(id, { limit: SHOWN_TRANSACTIONS })]),
      );
      return detail ? wholeCase(services, detail, transactions.data) : missingCase(id);
    },
  );

  app.get(
    '/api/cases/:id/summary',
    {
      config,
      schema: {
        operationId: 'summarizeCase',
        tags,
        summary: 'A case in words, and what to check next',
        params: IdParam,
        querystring: NarrateQuery,
        response: { 200: json('The summary', NarrativeShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const [detail, transactions] = await read(services, () =>
        Promise.all([store.cases.get(id), store.cases.transactions(id, { limit: SHOWN_TRANSACTIONS })]),
      );
      if (!detail) return missingCase(id);
      const facts = caseFacts(detail, transactions.data, services.config.baseCurrency);
      return shownNarrative(services, await services.narration.ofCase(facts, request.query.narrate === 'true'));
    },
  );

  app.get(
    '/api/cases/:id/transactions',
    {
      config,
      schema: {
        operationId: 'listTransactionsOfCase',
        tags,
        summary: 'List a case’s transactions, newest first',
        params: IdParam,
        querystring: Type.Object(PageQuery),
        response: { 200: list('One page', TransactionShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const readPage = async (asked: PageRequest) => {
        const page = await read(services, async () =>
          (await store.cases.get(id)) ? store.cases.transactions(id, asked) : undefined,
        );
        return page ?? missingCase(id);
      };
      return sendList(request, reply, request.query, readPage, transactionCsv(services));
    },
  );
}

export function missingCase(id: string): never {
  throw new AssayError('not_found', `There is no case ${id}.`);
}

/** A case with the names of the keys that resolved it, or asked to. */
export function shownCase<T extends CaseView>({ keys }: Services, view: T): T & { resolvedByName: string | null } {
  const asked = view.asked && { ...view.asked, ...actor(keys, view.asked.by) };
  return { ...view, asked, resolvedByName: actor(keys, view.resolvedBy).byName };
}

function wholeCase(services: Services, detail: CaseDetail, transactions: TransactionView[]) {
  const { keys } = services;
  const acts = detail.actions.map((act) => ({ ...act, ...actor(keys, act.by) }));
  return {
    ...shownCase(services, detail.case),
    entities: detail.entities,
    transactions,
    comments: acts
      .filter(({ type }) => type === 'case.comment')
      .map(({ at, by, byName, detail: said }) => ({ at, by, byName, text: String(said?.text ?? '') })),
    history: [
      { at: detail.case.openedAt, type: 'opened', by: null, byName: null, detail: null },
      ...acts.map(({ at, type, by, byName, detail: how }) => ({
        at,
        type: how?.waits ? 'asked' : how?.withdrawn ? 'withdrawn' : (ACTS[type] ?? type),
        by,
        byName,
        detail: how,
      })),
    ],
    similar: detail.similar.map((past) => shownCase(services, past)),
    proposedMerges: detail.proposed.map((other) => shownCase(services, other)),
  };
}

const ACTS: Record<AuditView['type'], string> = {
  'case.assign': 'assigned',
  'case.comment': 'commented',
  'case.resolve': 'resolved',
  'case.reopen': 'reopened',
  'case.merge': 'merged',
  'case.escalate': 'escalated',
};

function filterOf(query: Static<typeof CasesQuery>): CaseFilter {
  const { status, assignee, assigned, minScore, entity } = query;
  return {
    ...(status === undefined ? {} : { status }),
    ...(assignee === undefined ? {} : { assignee }),
    ...(assigned === undefined ? {} : { assigned: assigned === 'yes' }),
    ...(minScore === undefined ? {} : { minScore }),
    ...(entity === undefined ? {} : { entity: entityOf(entity) }),
  };
}

function entityOf(text: string): { type: string; id: string } {
  const at = text.indexOf(':');
  const [type, id] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 0 || id === '' || !(CASE_ENTITIES as readonly string[]).includes(type))
    throw invalid('/entity', `must be a type and an id, such as device:d_3; types are ${CASE_ENTITIES.join(', ')}`);
  return { type, id };
}
