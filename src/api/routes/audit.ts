import { didYouMean } from '../../domain/nearest.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { unlessRemoved } from '../../journal/removed.ts';
import { AUDIT_TYPES } from '../../projections/audit.ts';
import type { AuditView } from '../../projections/store.ts';
import { actor } from '../actor.ts';
import type { Api } from '../api.ts';
import { AuditEntry, AuditQuery, History } from '../contract/cases.ts';
import { json, list, problems } from '../contract/common.ts';
import { IdParam } from '../contract/transactions.ts';
import { sendList } from '../page.ts';
import { read } from '../read.ts';
import { recordOf } from '../record-of.ts';
import type { Services } from '../services.ts';
import { instant, invalid } from '../window.ts';
import { missing } from './transaction-reads.ts';

/** The newest of what was done to a transaction. */
const MAX_HISTORY = 200;

/** Who did what, and when: of everything, and of one transaction. */
export function auditRoutes(app: Api, services: Services): void {
  const { store, keys } = services;

  app.get(
    '/api/audit',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listAudit',
        tags: ['operations'],
        summary: 'List commands, newest first: who did what to what, and what came of it',
        querystring: AuditQuery,
        response: { 200: list('One page', AuditEntry), ...problems(401, 403, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { limit: _, cursor: __, bom: ___, from, to, ...filter } = request.query;
      if (filter.type !== undefined && !AUDIT_TYPES.includes(filter.type))
        throw invalid('/type', `is none of the audit's: ${didYouMean(filter.type, AUDIT_TYPES)}`);
      const span = {
        ...(from === undefined ? {} : { from: instant('from', from) }),
        ...(to === undefined ? {} : { to: instant('to', to) }),
      };
      return sendList(request, reply, request.query, async (asked) => {
        const page = await read(services, () => store.audit.list({ ...filter, ...span }, asked));
        return { ...page, data: page.data.map((row) => ({ ...row, ...actor(keys, row.by) })) };
      });
    },
  );

  app.get(
    '/api/transactions/:id/history',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getTransactionHistory',
        tags: ['transactions'],
        summary: 'What happened to a transaction, by whom and when',
        params: IdParam,
        response: { 200: json('Its history', History), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      return { data: await historyOf(services, id) };
    },
  );
}

interface Happening {
  at: string;
  type: string;
  by: string | null;
  byName: string | null;
  detail: Record<string, unknown> | null;
}

async function historyOf(services: Services, id: string): Promise<Happening[]> {
  const { store, journal, keys } = services;
  const [view, joined, acts] = await read(services, () =>
    Promise.all([
      store.transactions.get(id),
      store.cases.ofTransaction(id),
      store.audit.list({ transactionId: id }, { limit: MAX_HISTORY }),
    ]),
  );
  if (!view) return missing(id);
  const history: Happening[] = [];
  const tell = (at: number, type: string, by: string | undefined, detail: Happening['detail'] = null) =>
    history.push({ at: new Date(at).toISOString(), type, ...actor(keys, by), detail });
  // What was removed from the log is told by the audit alone.
  const first = await unlessRemoved(recordOf(services, id, ['t']));
  if (first?.type === 'intake') tell(first.at, 'received', byOf(first));
  const decided = first?.type === 'decision' ? first : await unlessRemoved(journal.find(`d:${id}`));
  if (decided) tell(decided.at, 'decided', byOf(decided), decidedDetail(decided));
  if (joined) tell(Date.parse(joined.at), 'alerted', undefined, { caseId: joined.caseId });
  let finalized = false;
  for (const act of acts.data.reverse()) {
    const again = act.type === 'finalize' && finalized;
    if (act.status >= 400 || again) continue;
    finalized ||= act.type === 'finalize';
    history.push({ at: act.at, type: nameOf(act, view.decision), ...actor(keys, act.by), detail: act.detail });
  }
  return history;
}

function nameOf({ type, detail }: AuditView, decision: unknown): string {
  switch (type) {
    case 'label':
      return 'labelled';
    case 'amend':
      return 'amended';
    case 'finalize':
      return decision === 'decline' && detail?.override === true ? 'overridden' : 'finalized';
    default:
      return type;
  }
}

function byOf({ data }: JournalRecord): string | undefined {
  return (data as unknown as DecisionData).by;
}

function decidedDetail({ data }: JournalRecord): Record<string, unknown> {
  const { decision, latencyMs } = data as unknown as DecisionData;
  const { decision: outcome, score, probability, model, degraded } = decision;
  return {
    decision: outcome,
    score,
    probability,
    latencyMs,
    ...(model ? { model } : {}),
    ...(degraded ? { degraded } : {}),
  };
}
