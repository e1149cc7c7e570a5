import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openMirrorStore } from '../app.ts';
import { type MirrorTarget, mirrorTarget, readConfig } from '../config.ts';
import { nodeFiles } from '../journal/local/files.ts';
import { lockDirectory } from '../journal/local/lock.ts';
import { type Repair, repairJournal } from '../journal/local/repair.ts';
import { fetchJournal, verifyMirror } from '../journal/mirror/restore.ts';
import { journalFolder } from './control.ts';
import { defaultModelDir } from './paths.ts';

interface Options {
  dataDir?: string;
  from?: string;
  json?: boolean;
}

/**
 * Resolves to the exit code. A running server may go on: its last segment, which is being written, is read as far as it is durable.
 * With `from`, a mirror is read instead.
 */
export async function runVerify(options: Options): Promise<number> {
  if (options.from !== undefined)
    return runVerifyMirror(mirrorTarget(options.from, process.env, '--from'), options.json);
  const found = await repairJournal(directoryOf(options).directory, { dry: true });
  tell(found, options.json, (by) => `is damaged; repair can mend it, ${by}`);
  return found.found.length > 0 ? 1 : 0;
}

async function runVerifyMirror(to: MirrorTarget, json: boolean | undefined): Promise<number> {
  const store = await openMirrorStore(to, { write: false });
  try {
    const { through, throughAt, mirroredAt, objects, bytes, damaged } = await verifyMirror(store);
    const [reached, written] = [throughAt, mirroredAt].map((at) => new Date(at).toISOString());
    if (json)
      console.log(JSON.stringify({ through, throughAt: reached, mirroredAt: written, objects, bytes, damaged }));
    else {
      console.log(
        `${objects} objects, ${bytes} bytes, up to record ${through} of ${reached}; written last at ${written}.`,
      );
      for (const what of damaged) console.log(what);
      if (damaged.length === 0) console.log('Nothing is damaged.');
    }
    return damaged.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}

/** Resolves to the exit code. Throws where a server has the journal open. */
export async function runRepair(options: Options): Promise<number> {
  const { directory, mirror } = directoryOf(options);
  const unlock = await lockDirectory(directory);
  try {
    const done = await withCopy(options.from, directory, mirror, (copy) => repairJournal(directory, { copy }));
    tell(done, options.json, (by) => `is mended, ${by}`);
    return done.found.some(({ mended }) => mended === null) ? 1 : 0;
  } finally {
    await unlock();
  }
}

/** Calls `work` with the folder of a copy: one that is named, or the files that are needed of a mirror, which are fetched for it. */
async function withCopy<T>(
  from: string | undefined,
  directory: string,
  configured: MirrorTarget | undefined,
  work: (copy: string | undefined) => Promise<T>,
): Promise<T> {
  const named = from === undefined ? undefined : mirrorTarget(from, process.env, '--from');
  if (named && 'folder' in named && !existsSync(join(named.folder, 'manifest.json'))) {
    const inside = join(named.folder, 'journal');
    return work(existsSync(inside) ? inside : named.folder);
  }
  const mirror = named ?? configured;
  if (!mirror) return work(undefined);
  const { found } = await repairJournal(directory, { dry: true });
  const damaged = new Set(found.filter(({ mended }) => mended === null).map(({ segment }) => segment));
  if (damaged.size === 0) return work(undefined);
  const fetched = `${directory}.mirror.tmp`;
  const store = await openMirrorStore(mirror, { write: false });
  try {
    await nodeFiles.remove(fetched);
    await fetchJournal(store, fetched, (path) => damaged.has(basename(path)), nodeFiles);
    return await work(fetched);
  } finally {
    await store.close();
    await nodeFiles.remove(fetched);
  }
}

function directoryOf({ dataDir }: Options): { directory: string; mirror: MirrorTarget | undefined } {
  const config = readConfig(dataDir === undefined ? process.env : { ...process.env, ASSAY_DATA_DIR: dataDir }, {
    modelDir: defaultModelDir,
  });
  return { directory: journalFolder(config), mirror: config.journalMirror?.to };
}

function tell({ segments, records, found }: Repair, json: boolean | undefined, said: (by: string) => string): void {
  if (json) {
    console.log(JSON.stringify({ segments, records, found }));
    return;
  }
  console.log(`${segments} segments, ${records} records that hold.`);
  for (const line of foundLines(found, said)) console.log(line);
  if (found.length === 0) console.log('Nothing is damaged.');
}

/** A line for each damage that was met. */
export function foundLines(
  found: Repair['found'],
  said = (by: string) => `was damaged and is mended, ${by}`,
): string[] {
  return found.map(
    ({ segment, offset, what, mended }) =>
      `${segment}, offset ${offset}: ${what} ${mended ? said(mended) : 'is damaged'}`,
  );
}
