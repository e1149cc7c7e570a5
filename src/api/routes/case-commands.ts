import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Resolution } from '../../domain/case.ts';
import { unfitReason } from '../../domain/case-reason.ts';
import { unfit } from '../../intake/text.ts';
import type { CaseView } from '../../projections/case-view.ts';
import type { Api } from '../api.ts';
import { sendCommand } from '../command.ts';
import { AssignBody, CaseShown, CommentBody, MergeBody, ReopenBody, ResolveBody } from '../contract/cases.ts';
import { json, problems } from '../contract/common.ts';
import { IdParam } from '../contract/transactions.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';
import { shownCase } from './cases.ts';

const tags = ['cases'];
const config = { scope: 'review' } as const;
const failures = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);
const STALE = 'The second of two people gets 409.';

/** What people do to a case: appended to the journal, settled in its order, so that of two the second is told. */
export function caseCommandRoutes(app: Api, services: Services): void {
  app.post(
    '/api/cases/:id/assign',
    {
      config,
      schema: {
        operationId: 'assignCase',
        tags,
        summary: 'Say who works on a case',
        description: STALE,
        params: IdParam,
        body: AssignBody,
        response: { 200: json('The case as it is now', CaseShown), ...failures },
      },
    },
    async (request, reply) => {
      const { assignee, version } = request.body;
      check('/assignee', assignee ?? undefined);
      const data = { action: 'assign', caseId: request.params.id, version, assignee };
      return send(services, request, reply, data, {});
    },
  );

  app.post(
    '/api/cases/:id/comments',
    {
      config,
      schema: {
        operationId: 'commentCase',
        tags,
        summary: 'Comment on a case, resolved or not',
        params: IdParam,
        body: CommentBody,
        response: { 201: json('The case as it is now', CaseShown), ...failures },
      },
    },
    async (request, reply) => {
      const { text, version, awaits } = request.body;
      check('/text', text);
      const { hours } = services.config.cases;
      const data = {
        ...{ action: 'comment', caseId: request.params.id },
        ...(version === undefined ? {} : { version }),
        ...(awaits === undefined ? {} : { awaits }),
        ...(awaits === false && hours ? { hours } : {}),
      };
      return send(services, request, reply, data, { text });
    },
  );

  app.post(
    '/api/cases/:id/resolve',
    {
      config,
      schema: {
        operationId: 'resolveCase',
        tags,
        summary: 'Resolve a case: all of its transactions are labelled',
        description: STALE,
        params: IdParam,
        body: ResolveBody,
        response: { 200: json('The case as it is now', CaseShown), ...failures },
      },
    },
    async (request, reply) => {
      const { resolution, reason, note, version, transactions, except } = request.body;
      check('/note', note);
      checkReason(services, resolution, reason);
      const data = {
        ...{ action: 'resolve', caseId: request.params.id, version, resolution },
        ...(reason === undefined ? {} : { reason }),
        ...(transactions === undefined ? {} : { transactions }),
        ...(except?.length ? { except: [...new Set(except)] } : {}),
        ...secondFrom(services),
      };
      return send(services, request, reply, data, note ? { note } : {});
    },
  );

  app.post(
    '/api/cases/:id/reopen',
    {
      config,
      // It may be asked without a body.
      preValidation: async (request) => {
        request.body ??= {} as never;
      },
      schema: {
        operationId: 'reopenCase',
        tags,
        summary: 'Take a resolution back',
        description: 'Its labels too: what was said before and since stands.',
        params: IdParam,
        body: ReopenBody,
        response: { 200: json('The case as it is now', CaseShown), ...failures },
      },
    },
    async (request, reply) => {
      const { version } = request.body;
      const data = { action: 'reopen', caseId: request.params.id, ...(version === undefined ? {} : { version }) };
      return send(services, request, reply, data, {});
    },
  );

  app.post(
    '/api/cases/:id/merge',
    {
      config,
      schema: {
        operationId: 'mergeCase',
        tags,
        summary: 'Make all of a case another open one’s',
        params: IdParam,
        body: MergeBody,
        response: { 200: json('The case that it was merged into', CaseShown), ...failures },
      },
    },
    async (request, reply) => {
      const { into, version } = request.body;
      const data = { action: 'merge', caseId: request.params.id, into, ...(version === undefined ? {} : { version }) };
      return send(services, request, reply, data, {});
    },
  );
}

function send(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  data: { action: string; caseId: string } & Record<string, unknown>,
  personal: Record<string, unknown>,
): Promise<FastifyReply> {
  return sendCommand(services, request, reply, {
    type: 'case',
    data,
    personal,
    // What was asked is the same whatever is set by then.
    asked: { ...data, secondFrom: undefined, ...personal },
    followUp: (body) => followCase(services, data, body),
  });
}

/** What follows an act on a case, and the case as it is shown. */
export async function followCase(
  services: Services,
  { action, caseId }: { action: string; caseId: string },
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (action === 'resolve' || action === 'reopen') await services.caseLabels.follow(caseId);
  return shownCase(services, body as unknown as CaseView);
}

/** From which amount at risk on a resolution waits for a second person. */
export function secondFrom({ config }: Services): { secondFrom?: number } {
  const { casesFrom } = config.fourEyes;
  return casesFrom === undefined ? {} : { secondFrom: casesFrom };
}

/** Throws where the word is none of those that this resolution has. */
export function checkReason({ config }: Services, resolution: Resolution, reason: string | undefined): void {
  const fault = reason === undefined ? undefined : unfitReason(config.caseReasons, resolution, reason);
  if (fault) throw invalid('/reason', fault);
}

function check(path: string, text: string | undefined): void {
  const fault = text === undefined ? undefined : unfit(text);
  if (fault) throw invalid(path, fault);
}
