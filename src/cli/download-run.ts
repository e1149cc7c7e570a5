import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { headerOf } from '../training/history-file.ts';
import { createProgress } from './progress.ts';
import type { PublicFile } from './public-files.ts';

export interface DownloadFlags {
  out?: string;
  json?: boolean;
}

/** What became of it: the file is there, or a person has to get it. */
export type Downloaded =
  | { file: string; state: 'there already' | 'downloaded' }
  | { file: string; state: 'by hand'; why: string };

/** Until the first byte. */
const ANSWER_MS = 20_000;

/** Puts a public file in its place, whole or not at all, where it can be had without signing in and the network allows. */
export async function download(
  name: string,
  { url, file: usual, columns }: PublicFile,
  { out, json }: DownloadFlags,
  from: typeof fetch = fetch,
): Promise<Downloaded> {
  const file = out ?? usual;
  if (existsSync(file)) {
    await assertColumns(file, file, columns);
    return { file, state: 'there already' };
  }
  if (url === undefined)
    return { file, state: 'by hand', why: `${name} is only given to those who sign in or ask for it` };
  // The reader goes by the name's end.
  const part = file.replace(/(\.csv(?:\.gz)?|\.parquet)?$/, '.part$1');
  try {
    const answer = await from(url, { signal: AbortSignal.timeout(ANSWER_MS) }).catch((error: Error) => {
      throw new Error(
        `${url} cannot be reached (${error.cause instanceof Error ? error.cause.message : error.message})`,
      );
    });
    if (!answer.ok || answer.body === null) throw new Error(`${url} answered ${answer.status}`);
    const bar = createProgress('downloading', Number(answer.headers.get('content-length') ?? 0), {
      unit: 'bytes',
      quiet: json,
    });
    let bytes = 0;
    const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>).on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      bar.update(bytes);
    });
    await pipeline(body, createWriteStream(part)).finally(() => bar.stop());
    await assertColumns(part, url, columns);
    renameSync(part, file);
    return { file, state: 'downloaded' };
  } catch (error) {
    rmSync(part, { force: true });
    return { file, state: 'by hand', why: (error as Error).message };
  }
}

/** A page that asks for a password is no data. */
async function assertColumns(file: string, named: string, columns: readonly string[]): Promise<void> {
  const header = await headerOf(file);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new Error(`${named} is not that file: it has no column ${missing.join(', ')}`);
}

/** Prints what became of it. Exit code 1 where a person has to get it. */
export async function runDownload(name: string, about: PublicFile, flags: DownloadFlags): Promise<void> {
  const done = await download(name, about, flags);
  const { page, format, what, first } = about;
  const train = `assay train ${done.file} --format ${format} --out <folder>`;
  if (done.state === 'by hand') process.exitCode = 1;
  if (flags.json) console.log(JSON.stringify({ name, ...done, page, format }));
  else if (done.state !== 'by hand') console.log(`${done.file} is ${done.state}: ${what}\n${train}`);
  else
    console.log(
      `${done.why}.\nGet it from ${page}${first ? `, ${first}` : ''} and put it at ${done.file}: ${what}\nThen: ${train}`,
    );
}
