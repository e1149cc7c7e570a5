import type { Target } from './target.ts';
import { faultOf, type Row, statusesOf } from './verdict.ts';

const STEPS = ['../', '..%2f', '%2e%2e/', '%2e%2e%2f', '..%5c', '..%c0%af', '%252e%252e%252f', '....//'];
const WANTED = ['etc/passwd', 'package.json', '.assay/journal/owner', 'proc/self/environ'];
const FROM = ['/', '/docs/', '/docs/static/', '/assets/', '/api/models/', '/api/transactions/', '/api/lists/'];
const ODD = [
  '//',
  '/%',
  '/%zz',
  '/%00',
  '/api//transactions',
  '/api/transactions/%2f',
  '/api/transactions/..',
  '/?a[b]=c',
  '/api/transactions?limit=1&limit=2',
  '/api/transactions?cursor=%00',
  `/${'a/'.repeat(3_000)}`,
  `/api/transactions/${'x'.repeat(7_000)}`,
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'];

/** Addresses that lead out of what is served, and odd ones, by every method. */
export async function places(target: Target): Promise<Row> {
  const row: Row = {
    name: 'addresses',
    what: 'ways out of what is served, odd ones, methods nobody asked for',
    cases: 0,
    faults: [],
    seen: '',
  };
  const statuses = new Map<number, number>();
  const paths = [
    ...FROM.flatMap((from) => STEPS.flatMap((step) => WANTED.map((wanted) => from + step.repeat(6) + wanted))),
    ...ODD,
  ];
  for (const [i, path] of paths.entries())
    for (const method of i % 5 === 0 ? METHODS : ['GET']) {
      const shot = { method, path, headers: { 'x-api-key': target.admin } };
      row.cases++;
      try {
        const reply = await target.send(shot);
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        const fault = faultOf(shot, reply);
        if (fault) row.faults.push(fault);
        if (/root:.*:0:0:|"name": "assay"|ASSAY_|PATH=/.test(reply.body)) row.faults.push(`${method} ${path} → a file`);
      } catch (error) {
        row.faults.push(`${method} ${path.slice(0, 120)}: ${error}`);
      }
    }
  return { ...row, seen: statusesOf(statuses) };
}
