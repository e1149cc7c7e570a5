import { isUtf8 } from 'node:buffer';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCursor, writeCursor } from '../../domain/cursor.ts';
import { AssayError } from '../../domain/errors.ts';
import type { ListHead } from '../../domain/policy.ts';
import type { ListEntryData } from '../../domain/records.ts';
import type { ListState } from '../../engine/policy/state.ts';
import { listView } from '../../engine/policy/views.ts';
import { unfit } from '../../intake/text.ts';
import { entryValue } from '../../policy/lists/values.ts';
import type { Api } from '../api.ts';
import { hasScope } from '../auth.ts';
import { json, list, problems } from '../contract/common.ts';
import {
  BlockParam,
  EntriesBody,
  EntriesQuery,
  EntriesTaken,
  EntryParam,
  EntryShown,
  ListBody,
  ListParam,
  ListQuery,
  ListShown,
  ListsShown,
} from '../contract/policy.ts';
import { pageInTurns, partsOf, rowsOf, type Sent, unreadable, withoutCards } from '../list-entries.ts';
import { pageOf, sendList } from '../page.ts';
import { sendPolicy, submitPart, submitPolicy } from '../policy-command.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';

const tags = ['policy'];
const reads = { scope: 'read' } as const;
const writes = { scope: 'policy', idempotency: 'journal' } as const;
/** Entries of lists marked `fromCases` are everybody's who works cases. */
const writesEntries = { scope: ['policy', 'review'], idempotency: 'journal' } as const;
const problemsOfWrites = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);

const BODY_BYTES = 16 * 1024 * 1024;
/** First what may come back, in the order in which it does. */
/** For how long an entry lets through where nobody says otherwise. */
const ALLOWED_DAYS = 90;
const DAY_MS = 86_400_000;
const ENDS = `A rule that approves names this list: entries without expiresAt end in ${ALLOWED_DAYS} days; with null they do not end.`;

/** Lists and their entries, as JSON and as CSV. */
export async function listRoutes(parent: Api, services: Services): Promise<void> {
  const { policy, clock } = services;
  const { state } = policy.log;

  const known = (name: string): ListState => {
    const list = state.lists.get(name);
    if (!list) throw new AssayError('not_found', `There is no list ${name}.`);
    return list;
  };
  const shown = ({ head, list }: ListState) => listView(head, list.entries.size);

  parent.get(
    '/api/lists',
    {
      config: reads,
      schema: {
        ...{ operationId: 'listLists', tags, summary: 'List the lists, newest first', querystring: ListQuery },
        response: { 200: json('The lists', ListsShown), ...problems(401, 403, 422, 429) },
      },
    },
    async (request) => {
      const page = pageOf([...state.lists.values()], request.query, ({ head }) => head.createdAt);
      return { ...page, data: page.data.map(shown) };
    },
  );

  parent.post(
    '/api/lists',
    {
      config: writes,
      schema: {
        ...{ operationId: 'createList', tags, summary: 'Make a list of values of one type', body: ListBody },
        response: { 201: json('The list', ListShown), ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { name, type, description = '', fromCases = false } = request.body;
      const fault = unfit(description);
      if (fault) throw invalid('/description', fault);
      const answer = await submitPolicy(services, request as never, reply as never, {
        type: 'policy.list',
        asked: request.body,
        data: { action: 'create', list: name, type, description, fromCases },
      });
      return sendPolicy(reply, answer);
    },
  );

  parent.get(
    '/api/lists/:name',
    {
      config: reads,
      schema: {
        ...{ operationId: 'getList', tags, summary: 'Read a list', params: ListParam },
        response: { 200: json('The list', ListShown), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => shown(known(request.params.name)),
  );

  parent.delete(
    '/api/lists/:name',
    {
      config: writes,
      schema: {
        ...{
          operationId: 'deleteList',
          tags,
          summary: 'Take a list away; 409 while a rule names it',
          params: ListParam,
        },
        response: { 204: { description: 'It is gone, and its entries' }, ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { name } = known(request.params.name).head;
      await submitPolicy(services, request as never, reply as never, {
        ...{ type: 'policy.list', asked: {}, data: { action: 'delete', list: name } },
      });
      return reply.code(204).send();
    },
  );

  parent.get(
    '/api/lists/:name/entries',
    {
      config: reads,
      schema: {
        ...{ operationId: 'listEntries', tags, summary: 'List entries, newest first; expired ones too' },
        ...{ params: ListParam, querystring: EntriesQuery },
        response: { 200: list('One page', EntryShown), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request, reply) => {
      const { q = '' } = request.query;
      const { entries } = known(request.params.name).list;
      return sendList(request, reply, request.query, async ({ limit, cursor }) => {
        const before = cursor === undefined ? undefined : readCursor(cursor)!.tie;
        const { data, next } = await pageInTurns(entries, q, before, limit);
        const rows = data.map(({ expiresAt, at, ...entry }) => ({
          ...entry,
          expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
          at: new Date(at).toISOString(),
        }));
        return {
          data: rows,
          hasMore: next !== undefined,
          nextCursor: next === undefined ? null : writeCursor(0, next),
        };
      });
    },
  );

  parent.delete(
    '/api/lists/:name/entries/:value',
    {
      config: writesEntries,
      schema: {
        ...{
          operationId: 'removeEntry',
          tags,
          summary: 'Take an entry out; any spelling of the value',
          params: EntryParam,
        },
        response: { 204: { description: 'It is out' }, ...problemsOfWrites },
      },
    },
    async (request, reply) => remove(request.params.name, request.params.value, request as never, reply as never),
  );
  parent.delete(
    '/api/lists/:name/entries/:value/:bits',
    {
      config: writesEntries,
      schema: {
        ...{ operationId: 'removeBlock', tags, summary: 'Take a block of addresses out, its slash not encoded' },
        params: BlockParam,
        response: { 204: { description: 'It is out' }, ...problemsOfWrites },
      },
    },
    async (request, reply) => {
      const { name, value, bits } = request.params;
      return remove(name, `${value}/${bits}`, request as never, reply as never);
    },
  );

  async function remove(name: string, value: string, request: FastifyRequest, reply: FastifyReply) {
    const { head } = known(name);
    mayChange(request, head);
    const read = entryValue(head.type, value);
    if ('refused' in read) throw new AssayError('not_found', `List ${name} has no entry ${value}: ${read.refused}`);
    await submitPolicy(services, request, reply, {
      ...{ type: 'policy.entries', asked: {}, data: { action: 'remove', list: name, values: [read.value] } },
    });
    return reply.code(204).send();
  }

  // A scope of its own: nowhere else is CSV a body.
  await parent.register(async (scope) => {
    const app = scope as unknown as Api;
    app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => {
      if (!isUtf8(body)) throw new AssayError('malformed_json', 'The body is not valid UTF-8.');
      return rowsOf(body.toString());
    });
    app.post(
      '/api/lists/:name/entries',
      {
        config: writesEntries,
        bodyLimit: BODY_BYTES,
        schema: {
          ...{
            operationId: 'addEntries',
            tags,
            summary: 'Put entries in; those that are in get the new expiry and note',
          },
          description:
            'JSON, or `text/csv` with the header `value,expiresAt,note`. What cannot be a value is told, and the rest is taken.',
          ...{ params: ListParam, body: EntriesBody },
          response: { 200: json('What became of them', EntriesTaken), ...problemsOfWrites },
        },
      },
      async (request, reply) => {
        const { head } = known(request.params.name);
        mayChange(request, head);
        const { replaced, ...body } = await withoutCards(head, request.body.entries as Sent[], services.rules.cards);
        if (replaced > 0)
          reply.header('x-assay-warning', `${replaced} entries held a card number, which is replaced by a token.`);
        const untold = letsThrough(head.name) ? clock() + ALLOWED_DAYS * DAY_MS : null;
        const { parts, refused, told } = await partsOf(head.type, body.entries, untold);
        let [added, updated, replayed] = [0, 0, parts.length > 0];
        for (const [part, entries] of parts.entries()) {
          const taken = await submitPart(
            services,
            request as never,
            { type: 'policy.entries', asked: body, data: { action: 'add', list: head.name, entries } },
            part,
          );
          added += Number(taken.answer.body!.added);
          updated += Number(taken.answer.body!.updated);
          replayed &&= taken.replayed;
        }
        if (replayed) reply.header('idempotent-replayed', 'true');
        const isUntold = untold !== null && body.entries.some(({ expiresAt }) => expiresAt === undefined);
        const over = endedBy(parts, clock());
        const warnings = [
          ...told,
          ...(isUntold ? [ENDS] : []),
          ...(over > 0 ? [`${over} of them have ended already, by their expiresAt: they are in no list.`] : []),
        ];
        return {
          ...{ added, updated, refused: [...(unreadable.get(request.body) ?? []), ...refused] },
          ...(warnings.length > 0 ? { warnings } : {}),
        };
      },
    );
  });

  /** Whether a rule that approves names the list: then its entries end, unless told otherwise. */
  function letsThrough(name: string): boolean {
    for (const { current } of state.rules.values())
      if (current?.content.outcome === 'approve' && policy.listsNamed(current.content).includes(name)) return true;
    return false;
  }
}

/** Throws `forbidden` where a key without `policy` would change a list that is not for cases. */
function mayChange(request: Pick<FastifyRequest, 'apiKey'>, head: ListHead): void {
  if (hasScope(request.apiKey, 'policy') || head.fromCases) return;
  throw new AssayError(
    'forbidden',
    `Entries of list ${head.name} need a key with the scope policy: it is not marked fromCases.`,
  );
}

/** How many entries end by `now`, milliseconds. */
function endedBy(parts: readonly ListEntryData[][], now: number): number {
  let count = 0;
  for (const part of parts) for (const [, expiresAt] of part) if (expiresAt !== null && expiresAt <= now) count++;
  return count;
}
