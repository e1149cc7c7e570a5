import pg from 'pg';

interface Statement {
  text: string;
  values: unknown[];
}

/** Notes the statements that the store sends. To be called before it opens a connection. */
export function recordStatements() {
  let noted: Statement[] | undefined;
  const send = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query, values] = args as [string | { text?: string; values?: unknown[] }, unknown[] | undefined];
    const text = typeof query === 'string' ? query : query?.text;
    const given = Array.isArray(values) ? values : typeof query === 'string' ? [] : (query?.values ?? []);
    if (text !== undefined) noted?.push({ text, values: given });
    return send.apply(this, args);
  } as typeof pg.Client.prototype.query;
  return {
    async during(work: () => Promise<unknown>): Promise<Statement[]> {
      noted = [];
      await work();
      const statements = noted;
      noted = undefined;
      return statements;
    },
  };
}

const MAX_LINES = 12;
const MAX_WIDTH = 120;

/** The plans of the reads among some statements, in Markdown. */
export async function plansOf(client: pg.Client, schema: string, statements: Statement[]): Promise<string> {
  const blocks: string[] = [];
  const told = new Set<string>();
  for (const { text, values } of statements) {
    if (!/^\s*select/i.test(text) || / FROM \S+\.meta$/.test(text) || told.has(text)) continue;
    told.add(text);
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) ${text}`, values);
    blocks.push(
      `\`\`\`\n${trimmed(
        rows.map((row) => row['QUERY PLAN'] as string),
        schema,
      ).join('\n')}\n\`\`\``,
    );
  }
  return blocks.join('\n\n');
}

function trimmed(lines: string[], schema: string): string[] {
  const kept: string[] = [];
  let skippedBelow: number | undefined;
  for (const line of lines) {
    const depth = line.search(/\S/);
    if (skippedBelow !== undefined && depth > skippedBelow) continue;
    skippedBelow = undefined;
    if (line.includes('never executed')) {
      skippedBelow = depth;
      continue;
    }
    if (/^\s*(Planning:|Disabled|Index Searches)/.test(line)) continue;
    const short = line.replaceAll(`${schema}.`, '').replaceAll(/::(text|timestamp with time zone|bigint)/g, '');
    kept.push(short.length > MAX_WIDTH ? `${short.slice(0, MAX_WIDTH)}…` : short);
  }
  if (kept.length <= MAX_LINES) return kept;
  return [...kept.slice(0, MAX_LINES - 3), `  … ${kept.length - MAX_LINES + 1} lines more`, ...kept.slice(-2)];
}
