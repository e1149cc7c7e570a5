import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { AssayError } from '../domain/errors.ts';
import type { CardRule } from '../intake/card-numbers.ts';
import { faultsOf } from '../intake/faults.ts';
import { subjectShown } from '../intake/life.ts';
import { faultsIn, TELLINGS, type Telling, takeTelling, tellingOf } from '../intake/telling.ts';
import { type ImportSummary, refusalsOf, summaryOf, tellEach } from './import-summary.ts';
import type { RowFault } from './label-file.ts';
import type { Ask } from './label-server.ts';

interface Line extends Telling {
  line: number;
  /** Of the payment. */
  id: string;
  /** Under which the server knows it again: see `nameLines`. */
  name: string;
}

/** JSON lines, `{transactionId, event | dispute | label: {…}}` each, as transactions.raw takes them; compressed perhaps. */
export const isTellingsFile = (path: string) => /\.(jsonl|ndjson)(\.gz)?$/.test(path);

/** Every line that can be read, and what is wrong with each of the others. */
export async function readTellings(path: string, cards: CardRule): Promise<{ lines: Line[]; faults: RowFault[] }> {
  const lines: Line[] = [];
  const faults: RowFault[] = [];
  const whole = createHash('sha256');
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // An error of the file ends the lines, and would be lost with them.
  file.on('error', (error) => input.destroy(error));
  // By bytes: a line ends where JSON's may, and what is no UTF-8 is told of its line.
  input.setEncoding('latin1');
  let line = 0;
  for await (const bytes of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    const raw = Buffer.from(bytes, 'latin1');
    const text = raw.toString();
    whole.update(`${text}\n`);
    const sent = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (sent.trim() === '') continue;
    try {
      if (!isUtf8(raw)) throw new AssayError('invalid_request', 'holds bytes that are no UTF-8: save the file as that');
      const telling = tellingOf(JSON.parse(sent), cards);
      if (!telling) throw new AssayError('invalid_request', `is none of {transactionId, ${TELLINGS.join(' | ')}: {…}}`);
      lines.push({ ...telling, line, id: telling.transactionId, name: '' });
    } catch (error) {
      faults.push(...told(line, error));
    }
  }
  nameLines(lines, whole.digest('hex'));
  return { lines, faults };
}

/**
 * What happened at a time is the same in every file. A label without one holds from when it is told, so it is the same in the same file
 * alone. What a file says more than once is told as often.
 */
function nameLines(lines: Line[], file: string): void {
  const seen = new Map<string, number>();
  for (const one of lines) {
    const { id, kind, body } = one;
    const isOfNow = kind === 'label' && (body.occurredAt ?? undefined) === undefined;
    const said = JSON.stringify([id, kind, body, isOfNow ? file : null]);
    const hash = createHash('sha256').update(said).digest('hex').slice(0, 32);
    const before = seen.get(hash) ?? 0;
    seen.set(hash, before + 1);
    one.name = `file:${hash}:${before}`;
  }
}

/** Tells the server each line by the route that takes it; a dry run checks it against the payment as the server shows it. */
export async function tellLines(
  ask: Ask,
  { lines, faults }: Awaited<ReturnType<typeof readTellings>>,
  { dryRun = false, json = false }: { dryRun?: boolean; json?: boolean },
): Promise<ImportSummary> {
  const summary = summaryOf(lines.length, faults);
  const tellOne = async ({ line, id, kind, body, name, warnings }: Line) => {
    const path = `/api/transactions/${encodeURIComponent(id)}`;
    const answer = dryRun ? await ask('GET', path) : await ask('POST', `${path}/${kind}s`, body, name);
    const warned: string[] = [...warnings];
    if (answer.status === 404)
      summary.refused.push({ line, field: 'transactionId', value: id, message: 'there is no such transaction' });
    // The name says all of the line: a conflict is with itself, told so long ago that the answer is no longer kept.
    else if (answer.replayed || answer.body.code === 'idempotency_conflict') summary.known++;
    else if (answer.status >= 300) summary.refused.push(...refusalsOf(answer, line, body));
    else if (!dryRun) {
      summary.recorded++;
      warned.push(...((answer.body.warnings ?? []) as string[]));
    } else dryTelling({ line, kind, body }, answer.body, summary);
    for (const message of warned) summary.warnings.push({ line, message });
  };
  await tellEach(lines, summary, tellOne, json);
  return summary;
}

/** What would come of it, were it told of the payment that the server shows. */
export function dryTelling(
  { line, kind, body }: Pick<Line, 'line' | 'kind' | 'body'>,
  shown: Record<string, unknown>,
  summary: ImportSummary,
): void {
  try {
    const { warnings } = takeTelling({ kind, body }, subjectShown(shown, Date.now()), 'dry');
    summary.wouldRecord++;
    for (const message of warnings) summary.warnings.push({ line, message });
  } catch (error) {
    summary.refused.push(...told(line, faultsIn(kind, error)));
  }
}

/** What is wrong with a line, field by field where that is known. */
function told(line: number, error: unknown): RowFault[] {
  if (error instanceof SyntaxError) return [{ line, message: `is no JSON: ${error.message}` }];
  if (!(error instanceof AssayError)) throw error;
  if (!error.errors) return [{ line, message: error.message }];
  return faultsOf(error).map(({ path, message }) => ({ line, message: `${path.slice(1)} ${message}` }));
}
