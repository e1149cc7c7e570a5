import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Resolution } from '../../domain/case.ts';
import { bodyHash } from '../../intake/canonical.ts';
import { unfit } from '../../intake/text.ts';
import type { Api } from '../api.ts';
import { CaseBulkAnswer, CaseBulkBody } from '../contract/cases.ts';
import { json, problems } from '../contract/common.ts';
import type { Charge } from '../guard.ts';
import { idempotencyKey, idempotentName, otherBody } from '../idempotency.ts';
import { nextId } from '../ids.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';
import { checkReason, followCase, secondFrom } from './case-commands.ts';

type Body = Static<typeof CaseBulkBody>;
const AT_ONCE = 16;

type Asked = { data: Record<string, unknown>; personal: Record<string, unknown> };

/** One act on many cases; each is a command of its own, and one that is refused stops no other. */
export function caseBulkRoutes(app: Api, services: Services, charge: Charge): void {
  app.post(
    '/api/cases/bulk',
    {
      config: { scope: 'review' },
      schema: {
        operationId: 'actOnCases',
        tags: ['cases'],
        summary: 'Do the same to up to 200 cases, whatever their versions',
        body: CaseBulkBody,
        response: {
          200: json('What came of each', CaseBulkAnswer),
          ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { action } = request.body;
      const asked = askedOf(request.body);
      const { resolution, reason } = asked.data as { resolution?: Resolution; reason?: string };
      if (resolution !== undefined) checkReason(services, resolution, reason);
      const ids = request.body.ids.filter((id) => id !== asked.data.into);
      await charge(request, reply, ids.length - 1);
      const idempotency = idempotencyKey(request);
      const name = idempotency && (await idempotentName(request, idempotency, services, 'c'));
      const hash = bodyHash(request.body);
      const second = action === 'resolve' ? secondFrom(services) : {};
      const one = async (id: string) => {
        const key = name ? `${name}.${id}` : `c:${nextId(services.clock())}`;
        return {
          id,
          ...(await act(services, request, { action, caseId: id, ...asked.data, ...second }, asked, { key, hash })),
        };
      };
      const data = [];
      for (let from = 0; from < ids.length; from += AT_ONCE)
        data.push(...(await Promise.all(ids.slice(from, from + AT_ONCE).map(one))));
      const done = data.filter(({ status }) => status < 400).length;
      const warnings = idle(request.body);
      return { data, done, refused: data.length - done, ...(warnings.length > 0 ? { warnings } : {}) };
    },
  );
}

async function act(
  services: Services,
  request: FastifyRequest,
  data: { action: string; caseId: string },
  { personal }: Asked,
  { key, hash }: { key: string; hash: string },
) {
  const { record, answer, replayed } = await services.commands.submit({
    ...{ type: 'case', at: services.clock(), key },
    data: { ...data, by: request.apiKey?.id, bodyHash: hash },
    personal,
  });
  if (replayed && record.data.bodyHash !== hash) throw otherBody();
  const { status, error, body } = answer;
  if (error) return { status, code: error.code, detail: error.detail };
  return { status, case: await followCase(services, data, body ?? {}) };
}

const FIELDS: Record<Body['action'], readonly (keyof Body)[]> = {
  assign: ['assignee'],
  comment: ['text'],
  resolve: ['resolution', 'reason', 'note'],
  reopen: [],
  merge: ['into'],
};

/** Of fields that other actions read. */
function idle(body: Body): string[] {
  const read = new Set<string>(['ids', 'action', ...FIELDS[body.action]]);
  const names = Object.keys(CaseBulkBody.properties) as (keyof Body)[];
  const unread = names.filter((name) => body[name] !== undefined && !read.has(name));
  return unread.map((name) => `${name} is of other actions than ${body.action}, and was left out.`);
}

/** What an action needs, without what it does not know. */
function askedOf({ ids, action, assignee, text, resolution, reason, note, into = ids[0] }: Body): Asked {
  const needed = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw invalid(`/${name}`, `is what ${action} needs`);
    const fault = typeof value === 'string' ? unfit(value) : undefined;
    if (fault) throw invalid(`/${name}`, fault);
    return value;
  };
  switch (action) {
    case 'assign':
      return { data: { assignee: needed('assignee', assignee) }, personal: {} };
    case 'comment':
      return { data: {}, personal: { text: needed('text', text) } };
    case 'resolve':
      return {
        data: { resolution: needed('resolution', resolution), ...(reason === undefined ? {} : { reason }) },
        personal: note ? { note: needed('note', note) } : {},
      };
    case 'merge':
      return { data: { into }, personal: {} };
    default:
      return { data: {}, personal: {} };
  }
}
