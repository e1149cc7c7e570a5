import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openIntake } from '../app.ts';
import { readConfig } from '../config.ts';
import { toMajor, toMinor } from '../domain/currency.ts';
import { schemeOf } from '../intake/life.ts';
import { type ImportSummary, refusalsOf, summaryOf, tellEach } from './import-summary.ts';
import { type DisputeRow, type RowFault, readDisputes, readLabelMap } from './label-file.ts';
import { matchByCard } from './label-match.ts';
import { type Ask, serverOf } from './label-server.ts';
import { defaultModelDir } from './paths.ts';
import { createProgress } from './progress.ts';
import { dryTelling, isTellingsFile, readTellings, tellLines } from './tellings-import.ts';

export interface ImportFlags {
  map?: string;
  url?: string;
  key?: string;
  dataDir?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Imports a file, prints what came of it, and sets the exit code: 0 only where every row was recorded or known. */
export async function importLabels(file: string, flags: ImportFlags): Promise<void> {
  const summary = await labelsFrom(file, flags, (note) => console.error(`note: ${note}`));
  console.log(flags.json ? JSON.stringify(summary) : describe(summary));
  if (summary.refused.length + summary.unmatched.length + summary.ambiguous.length > 0) process.exitCode = 1;
}

/** Throws an Error where nothing can be told at all. */
export async function labelsFrom(
  file: string,
  flags: ImportFlags,
  note: (text: string) => void,
): Promise<ImportSummary> {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  const env = flags.dataDir ? { ...process.env, ASSAY_DATA_DIR: flags.dataDir } : process.env;
  const { rates, cards } = openIntake(readConfig(env, { modelDir: defaultModelDir }), undefined, 'files');
  rates.close();
  const ask = () => serverOf({ ...flags, key: flags.key ?? process.env.API_KEY });
  if (isTellingsFile(file)) {
    if (flags.map) throw new Error(`${file}: a map is for columns; each line here says by itself what it tells.`);
    return tellLines(ask(), await readTellings(file, cards!), flags);
  }
  const map = await readLabelMap(flags.map);
  const { rows, faults } = await readDisputes(file, map, cards!.token, note);
  return tell(ask(), rows, faults, flags);
}

async function tell(ask: Ask, rows: DisputeRow[], faults: RowFault[], flags: ImportFlags): Promise<ImportSummary> {
  const summary = summaryOf(rows.length, faults);
  const looking = createProgress('looking for payments', 0, { unit: 'payments', quiet: flags.json });
  const matches = await matchByCard(ask, rows, (looked) => {
    looking.total(looked);
    looking.update(looked);
  }).finally(() => looking.stop());
  const placed: { row: DisputeRow; id: string }[] = [];
  for (const row of rows) {
    const ids = row.transactionId === undefined ? matches.get(row)! : [row.transactionId];
    const what = () =>
      `${cardWords(row)}, ${row.card!.amount}, on the day that begins ${new Date(row.card!.from).toISOString()}`;
    if (ids.length === 1) placed.push({ row, id: ids[0] });
    else if (ids.length === 0) summary.unmatched.push({ line: row.line, message: `no payment of ${what()}` });
    else
      summary.ambiguous.push({
        line: row.line,
        message: `${ids.length} payments of ${what()}: ${ids.sort().join(', ')}`,
      });
  }
  await tellEach(placed, summary, ({ row, id }) => tellOne(ask, id, row, summary, flags.dryRun === true), flags.json);
  return summary;
}

async function tellOne(ask: Ask, transactionId: string, row: DisputeRow, summary: ImportSummary, isDry: boolean) {
  const { line, transactionId: _, card: __, ...told } = row;
  const path = `/api/transactions/${encodeURIComponent(transactionId)}`;
  const seen = await ask('GET', path);
  if (seen.status !== 200) {
    const message = seen.status === 404 ? 'there is no such transaction' : String(seen.body.detail ?? seen.status);
    summary.refused.push({ line, field: 'transactionId', value: transactionId, message });
    return;
  }
  const body = { ...told, id: row.id ?? nameOf(transactionId, row) };
  if (isKnown(seen.body.disputes, body)) summary.known++;
  else if (isDry) {
    dryTelling({ line, kind: 'dispute', body: { ...body } }, seen.body, summary);
  } else {
    const answer = await ask('POST', `${path}/disputes`, body);
    if (answer.status >= 300) {
      summary.refused.push(...refusalsOf(answer, line, body));
      return;
    }
    summary.recorded++;
    for (const message of (answer.body.warnings ?? []) as string[]) summary.warnings.push({ line, message });
  }
}

interface Told {
  id: string;
  kind: string;
  scheme: string;
  reasonCode: string;
  reportedAt: string;
  status: string;
  amount?: number;
  currency?: string;
}

/** Whether a dispute's history says just this: a file may be read again, also after what came of the dispute was told. */
function isKnown(disputes: (Told & { history: Told[] })[] | undefined, body: Told): boolean {
  const same = (a: Told) =>
    a.kind === body.kind &&
    a.scheme === schemeOf(body.scheme) &&
    a.reasonCode === body.reasonCode.trim() &&
    a.status === body.status &&
    Date.parse(a.reportedAt) === Date.parse(body.reportedAt) &&
    (body.amount === undefined || isSameAmount(a, body));
  return disputes?.some(({ id, history }) => id === body.id && history.some(same)) ?? false;
}

/** A dispute without an id of its own: one for each reason of a payment, so that what came of it is told of the same one. */
function nameOf(transactionId: string, { kind, scheme, reasonCode }: DisputeRow): string {
  const text = JSON.stringify([transactionId, kind, scheme.toLowerCase(), reasonCode.trim().toUpperCase()]);
  return `file_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}

function cardWords({ card }: DisputeRow): string {
  return card!.bin ? `card ${card!.bin}…${card!.last4}` : `card ${card!.cardId}`;
}

function describe({
  rows,
  recorded,
  known,
  wouldRecord,
  refused,
  unmatched,
  ambiguous,
  warnings,
}: ImportSummary): string {
  const lines = [
    `${rows} rows: ${recorded} recorded, ${known} known before${wouldRecord > 0 ? `, ${wouldRecord} would be recorded` : ''}, ` +
      `${new Set(refused.map(({ line }) => line)).size} refused, ${unmatched.length} without a payment, ${ambiguous.length} ambiguous`,
  ];
  const each = (name: string, faults: RowFault[]) => {
    for (const { line, field, value, message } of faults)
      lines.push(
        `  line ${line}, ${name}: ${field === undefined ? '' : `${field} ${JSON.stringify(value)} `}${message}`,
      );
  };
  each('refused', refused);
  each('without a payment', unmatched);
  each('ambiguous', ambiguous);
  each('recorded, but', warnings);
  return lines.join('\n');
}

/** Kept amounts are in whole minor units; a currency that the file leaves open is the payment's. */
function isSameAmount(kept: Told, { amount, currency = kept.currency }: Told): boolean {
  return (
    currency !== undefined &&
    kept.currency === currency &&
    kept.amount === toMajor(toMinor(amount!, currency), currency)
  );
}
