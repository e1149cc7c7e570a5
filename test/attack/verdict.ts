import type { Reply, Shot } from './target.ts';

/** What no answer may hold: a place in our code or on this machine, or what only the operator may know. */
const TELLS = [
  /\bat .+\.[jt]s:\d+/,
  /node_modules/,
  /\/tmp\/assay-/,
  /\.journal\b/,
  /ECONNREFUSED/,
  /\bsyntax error at or near\b/i,
  /root:x:0:0/,
];

/** Where a shot got through: undefined where the answer is one that such a request may get. */
export function faultOf({ method, path }: Shot, { status, headers, body }: Reply): string | undefined {
  const what = `${method} ${path.slice(0, 120)} → ${status}`;
  const isHealth = /^\/(ready|health|api\/health)\/?(\?|$)/.test(path);
  if (status >= 500 && !(status === 503 && (headers['retry-after'] !== undefined || isHealth)))
    return `${what} ${body.slice(0, 200)}`;
  for (const tell of TELLS) if (status >= 400 && tell.test(body)) return `${what} tells ${tell.exec(body)![0]}`;
  if (status >= 400 && !isHealth && !/problem\+json/.test(String(headers['content-type'] ?? '')) && body !== '')
    return `${what} is no problem document: ${headers['content-type']} ${body.slice(0, 100)}`;
  return undefined;
}

export interface Row {
  name: string;
  what: string;
  cases: number;
  faults: string[];
  /** What was measured beside, in words. */
  seen: string;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, what, cases, faults, seen }) =>
      `| ${name} | ${what} | ${cases.toLocaleString('en')} | ${faults.length} | ${seen} |`,
  );
  const cases = rows.reduce((sum, row) => sum + row.cases, 0);
  const through = rows.reduce((sum, row) => sum + row.faults.length, 0);
  return [
    '| attack | what is tried | cases | through | seen |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    `| all | | ${cases.toLocaleString('en')} | ${through} | |`,
  ].join('\n');
}

export function statusesOf(counts: ReadonlyMap<number, number>): string {
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}
