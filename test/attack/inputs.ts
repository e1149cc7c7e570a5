import fc from 'fast-check';
import { dereferenced } from '../support/openapi.ts';
import { operationsOf, valid } from '../support/schema-arbitrary.ts';
import type { Shot, Target } from './target.ts';
import { faultOf, type Row, statusesOf } from './verdict.ts';

const WRONG = [
  null,
  true,
  -1,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '9'.repeat(400),
  [],
  [[]],
  {},
  { $ne: null },
  '{{7*7}}',
  '<script>',
  "';--",
];

/** What fits the document's schemas, and what has one thing wrong, by a seed. */
// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document.
export async function inputs(target: Target, document: any, seed: number, perRoute: number): Promise<Row> {
  const row: Row = {
    name: 'inputs',
    what: `what fits a schema, and what nearly does, seed ${seed}`,
    cases: 0,
    faults: [],
    seen: '',
  };
  const statuses = new Map<number, number>();
  for (const [i, operation] of operationsOf(dereferenced(document)).entries()) {
    // It would take away what the other rounds are made with.
    if (operation.method === 'DELETE' && /keys|webhooks/.test(operation.path)) continue;
    const body = operation.body ? valid(operation.body) : fc.constant(undefined);
    const query = fc.record(Object.fromEntries(operation.query.map(({ name, schema }) => [name, valid(schema)])), {
      requiredKeys: [],
    });
    const shots = fc.sample(
      fc.record({
        body,
        query,
        id: fc.constantFrom('nobody', '%2e%2e%2f', "'%20OR%201=1", '%00', '%ff', 'a'.repeat(300), '😀'),
        wrong: fc.constantFrom(...WRONG),
        at: fc.nat(),
        how: fc.nat(3),
      }),
      { seed: seed + i, numRuns: perRoute },
    );
    for (const { body: fitting, query: asked, id, wrong, at, how } of shots) {
      const names = Object.keys((fitting as object) ?? {});
      const sent =
        how > 0 && names.length > 0 ? { ...(fitting as object), [names[at % names.length]]: wrong } : fitting;
      const given = Object.entries(asked as object).map(
        ([name, value]) => `${name}=${encode(how === 2 ? wrong : value)}`,
      );
      const path =
        operation.path.replaceAll(/\{[^}]+\}/g, encodeURI(id)) + (given.length > 0 ? `?${given.join('&')}` : '');
      const shot: Shot = {
        ...{ method: operation.method, path, body: sent === undefined ? undefined : JSON.stringify(sent) },
        headers: { 'x-api-key': target.admin, ...(sent === undefined ? {} : { 'content-type': 'application/json' }) },
      };
      row.cases++;
      try {
        const reply = await target.send(shot);
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        const fault = faultOf(shot, reply);
        if (fault) row.faults.push(fault);
      } catch (error) {
        row.faults.push(`${shot.method} ${path.slice(0, 120)}: ${error}`);
      }
    }
  }
  return { ...row, seen: statusesOf(statuses) };
}

function encode(value: unknown): string {
  try {
    return encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value));
  } catch {
    // Half a surrogate has no encoding.
    return '%ED%A0%80';
  }
}
