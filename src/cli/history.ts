import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { openIntake } from '../app.ts';
import { type Config, withSchema } from '../config.ts';
import { mergeSchemas, optionalSchema } from '../domain/own-columns.ts';
import { parseTime } from '../intake/time.ts';
import { type ColumnMap, readColumnMap, readOwnSchema } from '../training/column-map.ts';
import type { History } from '../training/history.ts';
import { openHistory } from '../training/history-file.ts';
import { MAPS } from '../training/layouts.ts';
import type { TableOptions } from '../training/table.ts';
import { createProgress } from './progress.ts';

/** Options of every command that reads a history file. */
export interface HistoryFlags {
  format: string;
  map?: string;
  schema?: string;
  maxErrors: number;
  unlabelled?: 'presume' | 'exclude';
  json?: boolean;
}

/** `matrices` are formats that need no replay, for the commands that read them. */
export function withHistoryOptions(command: Command, matrices: string[] = []): Command {
  const formats = [...Object.keys(MAPS), ...matrices];
  return command
    .addOption(new Option('--format <format>', 'whose columns the file has').choices(formats).default('assay'))
    .option('--map <file>', 'JSON that says how a foreign file calls things: {"columns": {"userId": "…", …}}')
    .option(
      '--schema <file>',
      'JSON that says what further columns are: {"basketSize": "number", "job": {"type": "category"}}',
    )
    .option('--max-errors <n>', 'bad rows to skip, each told with its line, before giving up', whole, 0)
    .option('--json', 'print JSON');
}

/** Of commands that measure or train. */
export function withUnlabelledOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--unlabelled <how>',
      'rows without a label: presume them legitimate (but for those younger than the label delay), or exclude them from training and figures',
    ).choices(['presume', 'exclude']),
  );
}

/** The environment, with the data directory that a command was given. */
export function dataDirEnv({ dataDir }: { dataDir?: string }): NodeJS.ProcessEnv {
  return dataDir === undefined ? process.env : { ...process.env, ASSAY_DATA_DIR: dataDir };
}

/** Of commands that may learn from what was decided here. */
export function withJournalOptions(command: Command): Command {
  return command
    .option('--journal', 'on what was decided here, instead of a file: label states, weights of the control share')
    .option('--data-dir <folder>', 'with --journal: the data directory (ASSAY_DATA_DIR)')
    .option(
      '--from <day>',
      'with --journal: first day whose payments are rows (UTC); earlier ones are learnt',
      dayStart,
    )
    .option('--to <day>', 'with --journal: last day', dayEnd);
}

/** How a file is read, and the configuration with the columns of one's own that its map or `--schema` names. */
export interface FileSource {
  map: ColumnMap;
  config: Config;
}

export async function fileSource(
  flags: Pick<HistoryFlags, 'format' | 'map' | 'schema'>,
  config: Config,
): Promise<FileSource> {
  const map = flags.map ? await readColumnMap(flags.map) : MAPS[flags.format];
  const given = mergeSchemas(map?.schema, flags.schema ? await readOwnSchema(flags.schema) : undefined);
  // What the environment or a model names may be lacking in a file; what is named for this file may not.
  return {
    map: { ...map, schema: mergeSchemas(given, optionalSchema(config.schema)) },
    config: withSchema(config, given),
  };
}

/** How a file that is a matrix already is read: as a history, what is skipped and assumed is told where a person looks. */
export const matrixTold = ({ maxErrors }: Pick<HistoryFlags, 'maxErrors'>): TableOptions => ({
  maxErrors,
  onError: (error) => console.error(`skipped ${error.message}`),
  say: tellNote,
});

const tellNote = (note: string) => console.error(`note: ${note}`);

/** The history of a file, with a progress bar of its own. `onSorted` is told the SHA-256 of the rows where they had to be sorted. */
export async function historyOf(
  path: string,
  { map, config }: FileSource,
  flags: HistoryFlags,
  label: string,
  onSorted?: (sha256: string) => void,
): Promise<History> {
  if (!existsSync(path)) throw new Error(`There is no file ${path}.`);
  const { entityTypes, entityFields, ipv6Prefix } = config;
  let bar: ReturnType<typeof createProgress>;
  const history = openHistory(path, map, {
    entityTypes,
    entityFields,
    ipv6Prefix,
    rules: openIntake(config, undefined, 'files'),
    now: Date.now(),
    onNotes: (notes) => notes.forEach(tellNote),
    onSorted,
    maxErrors: flags.maxErrors,
    onError: (error) => console.error(`skipped ${error.message}`),
    onProgress(bytes, total) {
      bar.total(total);
      bar.update(bytes);
    },
  });
  // It may be read twice: see `openHistory`.
  return async (onRow) => {
    bar = createProgress(label, 1, { unit: 'bytes', quiet: flags.json });
    try {
      return await history(onRow);
    } finally {
      bar.stop();
    }
  };
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

export function whole(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('A whole number is needed.');
  return value;
}

/** The first moment of a day (or the moment itself), milliseconds. */
export function dayStart(text: string): number {
  const instant = parseTime(text);
  if (!instant) throw new InvalidArgumentError('A date such as 2026-01-31 is needed.');
  return instant.time;
}

/** The first moment after a day (or the moment itself), milliseconds. */
export function dayEnd(text: string): number {
  return dayStart(text) + (/^\d{4}-\d\d-\d\d$/.test(text) ? 86_400_000 : 0);
}
