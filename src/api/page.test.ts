import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { Type } from 'typebox';
import { answer, list } from './contract/common.ts';
import { type PageRequest, pageOf, sendList } from './page.ts';

const PAGES = 1_000;

/** A list of 200 rows a page that counts how far it was read. */
async function served() {
  const app = Fastify();
  const state = { read: 0 };
  const item = answer({ id: Type.Integer(), caseId: Type.Optional(Type.String()), note: Type.String() });
  app.get('/rows', { schema: { response: { 200: list('One page', item) } } }, async (request, reply) => {
    const { bom, limit = '50', cursor } = request.query as Record<string, string>;
    const read = async (page: PageRequest) => {
      state.read++;
      const at = Number(page.cursor ?? 0);
      const data = Array.from({ length: page.limit }, (_, i) => ({ id: at + i, note: 'x'.repeat(100) }));
      const isLast = at / page.limit >= PAGES - 1;
      const late = isLast ? { late: 'only here' } : {};
      const nextCursor = isLast ? null : String(at + page.limit);
      return { data: data.map((row) => ({ ...row, ...late })), hasMore: !isLast, nextCursor };
    };
    return sendList(request, reply, { limit: Number(limit), cursor, bom }, read);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ask = async (path: string): Promise<IncomingMessage> => {
    const request = get({ host: '127.0.0.1', port, path, headers: { accept: 'text/csv' } });
    return ((await once(request, 'response')) as [IncomingMessage])[0];
  };
  return { app, state, ask };
}

test('an export is read as fast as it is taken, whole, and tells what has no column of its own', async () => {
  const { app, state, ask } = await served();
  const response = await ask('/rows?bom=true');
  response.pause();
  await sleep(300);
  const early = state.read;
  assert.ok(early < PAGES / 2, `${early} of ${PAGES} pages were read for a client that takes nothing`);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const lines = text.trimEnd().split('\r\n');
  assert.equal(lines[0], '\ufeffid,caseId,note,other');
  assert.equal(lines.length, 1 + PAGES * 200);
  assert.match(lines.at(-1)!, /^199999,,x+,"\{""late"":""only here""\}"$/);
  assert.equal(state.read, PAGES);
  await app.close();
});

test('with a limit it is a page, and the next one stands in a header', async () => {
  const { app, state, ask } = await served();
  const response = await ask('/rows?limit=2&cursor=10');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  assert.equal(text.split('\r\n')[1].slice(0, 3), '10,');
  assert.equal(response.headers['x-next-cursor'], '12');
  assert.equal(state.read, 1);
  await app.close();
});

test('pages are put one behind the other: the last one, which alone has a field more, has the header of all', async () => {
  const { app, ask } = await served();
  const pages = [];
  for (const cursor of [0, 2 * (PAGES - 1)]) {
    let text = '';
    for await (const chunk of (await ask(`/rows?limit=2&cursor=${cursor}`)).setEncoding('utf8')) text += chunk;
    pages.push(text.split('\r\n'));
  }
  assert.deepEqual(
    pages.map(([head]) => head),
    ['id,caseId,note,other', 'id,caseId,note,other'],
  );
  assert.match(pages[1][2], /^1999,,x+,"\{""late"":""only here""\}"$/);
  await app.close();
});

test('pages of what is in memory hold each once, though the clock was set back and what a page ended with is gone', () => {
  const all = [50, 200, 100, 100, 300].map((at, id) => ({ id, at }));
  const seen: number[] = [];
  let left = all;
  for (let cursor: string | undefined; ; ) {
    const page = pageOf(left, { limit: 1, ...(cursor ? { cursor } : {}) }, ({ at }) => at);
    seen.push(...page.data.map(({ id }) => id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
    // What is newer goes once it was seen.
    left = left.filter(({ id }) => id !== 4);
  }
  assert.deepEqual(seen, [4, 1, 3, 2, 0]);
});
