import type { FastifyRequest } from 'fastify';
import { AssayError } from '../../domain/errors.ts';
import type { ListHead } from '../../domain/policy.ts';
import type { ListEntryData } from '../../domain/records.ts';
import type { ListState } from '../../engine/policy/state.ts';
import { listView } from '../../engine/policy/views.ts';
import { unfit } from '../../intake/text.ts';
import { parseTime } from '../../intake/time.ts';
import { type EntryInput, parseEntries } from '../../policy/lists/csv.ts';
import { entryValue } from '../../policy/lists/values.ts';
import type { Api } from '../api.ts';
import { hasScope } from '../auth.ts';
import { json, list as pageOf, problems } from '../contract/common.ts';
import {
  EntriesBody,
  EntriesQuery,
  EntriesTaken,
  EntryParam,
  EntryShown,
  ListBody,
  ListParam,
  ListShown,
  ListsShown,
} from '../contract/policy.ts';
import { sendList } from '../page.ts';
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
/** Entries of one record, and characters: a record has a bound of its own. */
const PART_ENTRIES = 10_000;
const PART_CHARACTERS = 600_000;
const MAX_NOTE = 500;
/** For how long an entry lets through where nobody says otherwise. */
const ALLOWED_DAYS = 90;
const DAY_MS = 86_400_000;

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
        ...{ operationId: 'listLists', tags, summary: 'List all lists' },
        response: { 200: json('The lists', ListsShown), ...problems(401, 403, 429) },
      },
    },
    async () => ({ data: [...state.lists.values()].map(shown) }),
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
        response: { 200: pageOf('One page', EntryShown), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request, reply) => {
      const { q = '' } = request.query;
      const { entries } = known(request.params.name).list;
      return sendList(request, reply, request.query, async ({ limit, cursor }) => {
        if (cursor !== undefined && !/^[1-9]\d{0,15}$/.test(cursor)) throw invalid('/cursor', 'is not a cursor');
        const { data, next } = entries.page(q, cursor === undefined ? undefined : Number(cursor), limit);
        const rows = data.map(({ expiresAt, at, ...entry }) => ({
          ...entry,
          expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
          at: new Date(at).toISOString(),
        }));
        return { data: rows, hasMore: next !== undefined, nextCursor: next === undefined ? null : String(next) };
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
    async (request, reply) => {
      const { head } = known(request.params.name);
      mayChange(request, head);
      const read = entryValue(head.type, request.params.value);
      if ('refused' in read)
        throw new AssayError('not_found', `List ${head.name} has no entry ${request.params.value}: ${read.refused}`);
      await submitPolicy(services, request as never, reply as never, {
        ...{ type: 'policy.entries', asked: {}, data: { action: 'remove', list: head.name, values: [read.value] } },
      });
      return reply.code(204).send();
    },
  );

  // A scope of its own: nowhere else is CSV a body.
  await parent.register(async (scope) => {
    const app = scope as unknown as Api;
    app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, rowsOf(body as string));
      } catch (error) {
        done(error as Error);
      }
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
        const { parts, refused } = partsOf(head, request.body.entries as Sent[]);
        let [added, updated, replayed] = [0, 0, parts.length > 0];
        for (const [part, entries] of parts.entries()) {
          const taken = await submitPart(
            services,
            request as never,
            { type: 'policy.entries', asked: request.body, data: { action: 'add', list: head.name, entries } },
            part,
          );
          added += Number(taken.answer.body!.added);
          updated += Number(taken.answer.body!.updated);
          replayed &&= taken.replayed;
        }
        if (replayed) reply.header('idempotent-replayed', 'true');
        return { added, updated, refused: [...(unreadable.get(request.body) ?? []), ...refused] };
      },
    );
  });

  function partsOf({ name, type }: ListHead, sent: Sent[]): { parts: ListEntryData[][]; refused: Refused[] } {
    const refused: Refused[] = [];
    const parts: ListEntryData[][] = [];
    let characters = Number.POSITIVE_INFINITY;
    const untold = letsThrough(name) ? clock() + ALLOWED_DAYS * DAY_MS : null;
    for (const entry of sent) {
      const read = readEntry(type, entry, untold);
      if ('message' in read) {
        refused.push({ value: entry.value, message: read.message, ...(entry.line ? { line: entry.line } : {}) });
        continue;
      }
      const size = read.data[0].length + (read.data[2]?.length ?? 0) + 32;
      if (characters + size > PART_CHARACTERS || parts.at(-1)!.length >= PART_ENTRIES) {
        parts.push([]);
        characters = 0;
      }
      characters += size;
      parts.at(-1)!.push(read.data);
    }
    return { parts, refused };
  }

  /** Whether a rule that approves names the list: then its entries end, unless told otherwise. */
  function letsThrough(name: string): boolean {
    for (const { current } of state.rules.values())
      if (current?.content.outcome === 'approve' && policy.listsNamed(current.content).includes(name)) return true;
    return false;
  }
}

/** As it came; `line` where it came as CSV. */
interface Sent {
  value: string;
  expiresAt?: string | null;
  note?: string | null;
  line?: number;
}

interface Refused {
  value: string;
  message: string;
  line?: number;
}

function readEntry(
  type: ListHead['type'],
  entry: Sent,
  untold: number | null,
): { data: ListEntryData } | { message: string } {
  const fault = unfit(entry.value);
  if (fault) return { message: `It ${fault}.` };
  const read = entryValue(type, entry.value);
  if ('refused' in read) return { message: read.refused };
  const note = entry.note ?? '';
  if (note.length > MAX_NOTE || unfit(note))
    return { message: `The note must be Unicode of at most ${MAX_NOTE} characters.` };
  const until = typeof entry.expiresAt === 'string' ? parseTime(entry.expiresAt)?.time : entry.expiresAt;
  if (typeof entry.expiresAt === 'string' && until === undefined)
    return { message: 'expiresAt must be an RFC 3339 time.' };
  const expiresAt = until === undefined ? untold : until;
  return { data: note === '' ? [read.value, expiresAt] : [read.value, expiresAt, note] };
}

/** Throws `forbidden` where a key without `policy` would change a list that is not for cases. */
function mayChange(request: Pick<FastifyRequest, 'apiKey'>, head: ListHead): void {
  if (hasScope(request.apiKey, 'policy') || head.fromCases) return;
  throw new AssayError(
    'forbidden',
    `Entries of list ${head.name} need a key with the scope policy: it is not marked fromCases.`,
  );
}

/** Rows of a CSV body that cannot be read. */
const unreadable = new WeakMap<object, Refused[]>();

/** A CSV body in the form of the JSON one. */
function rowsOf(text: string): { entries: EntryInput[] } {
  try {
    const { entries, refused } = parseEntries(text);
    const body = { entries };
    unreadable.set(
      body,
      refused.map((row) => ({ value: '', ...row })),
    );
    return body;
  } catch (error) {
    throw invalid('/', (error as Error).message);
  }
}
