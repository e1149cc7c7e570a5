import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { lockDirectory } from '../journal/local/lock.ts';
import { type Repair, repairJournal } from '../journal/local/repair.ts';
import { journalFolder } from './control.ts';
import { defaultModelDir } from './paths.ts';

interface Options {
  dataDir?: string;
  json?: boolean;
}

/** Resolves to the exit code. A running server may go on: its last segment, which is being written, is read as far as it is durable. */
export async function runVerify(options: Options): Promise<number> {
  const found = await repairJournal(directoryOf(options), { dry: true });
  tell(found, options.json, (by) => `is damaged; repair can mend it, ${by}`);
  return found.found.length > 0 ? 1 : 0;
}

/** Resolves to the exit code. Throws where a server has the journal open. */
export async function runRepair(options: Options & { from?: string }): Promise<number> {
  const directory = directoryOf(options);
  const copy =
    options.from && (existsSync(join(options.from, 'journal')) ? join(options.from, 'journal') : options.from);
  const unlock = await lockDirectory(directory);
  try {
    const done = await repairJournal(directory, { copy });
    tell(done, options.json, (by) => `is mended, ${by}`);
    return done.found.some(({ mended }) => mended === null) ? 1 : 0;
  } finally {
    await unlock();
  }
}

function directoryOf({ dataDir }: Options): string {
  const config = readConfig(dataDir === undefined ? process.env : { ...process.env, ASSAY_DATA_DIR: dataDir }, {
    modelDir: defaultModelDir,
  });
  return journalFolder(config);
}

function tell({ segments, records, found }: Repair, json: boolean | undefined, said: (by: string) => string): void {
  if (json) {
    console.log(JSON.stringify({ segments, records, found }));
    return;
  }
  console.log(`${segments} segments, ${records} records that hold.`);
  for (const { segment, offset, what, mended } of found)
    console.log(`${segment}, offset ${offset}: ${what} ${mended ? said(mended) : 'is damaged'}`);
  if (found.length === 0) console.log('Nothing is damaged.');
}
