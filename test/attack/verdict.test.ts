import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOf, tableOf } from './verdict.ts';

const shot = { method: 'GET', path: '/api/x' };
const problem = { 'content-type': 'application/problem+json; charset=utf-8' };
const reply = (status: number, body = '{}', headers: Record<string, string> = problem) => ({
  status,
  body,
  headers,
  ms: 1,
});

test('an answer that got through is known, and one that may be given is not', () => {
  for (const through of [
    reply(500),
    reply(503),
    reply(400, 'at Object.parse (/srv/app/src/server.ts:12:3)'),
    reply(404, '{"detail":"/tmp/assay-1/journal"}'),
    reply(422, 'syntax error at or near "DROP"'),
    reply(400, '<h1>Bad Request</h1>', { 'content-type': 'text/html' }),
  ])
    assert.ok(faultOf(shot, through), JSON.stringify(through));
  for (const fine of [
    reply(200, 'text', {}),
    reply(422),
    reply(503, '{}', { ...problem, 'retry-after': '1' }),
    reply(404, '', {}),
  ])
    assert.equal(faultOf(shot, fine), undefined, JSON.stringify(fine));
  assert.equal(faultOf({ method: 'GET', path: '/ready' }, reply(503)), undefined);
});

test('the table adds up', () => {
  const row = { name: 'a', what: 'b', cases: 2_000, faults: ['x'], seen: '' };
  assert.match(tableOf([row, { ...row, faults: [] }]), /\| all \| \| 4,000 \| 1 \|/);
});
