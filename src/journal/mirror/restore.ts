import { dirname, join } from 'node:path';
import type { Files } from '../local/files.ts';
import { type Repair, repairJournal } from '../local/repair.ts';
import { writeIdentity } from './claim.ts';
import { type Copied, type Manifest, parseManifest, readCatalogue, sumOf } from './manifest.ts';
import { JOURNAL } from './segments.ts';
import type { MirrorStore } from './store.ts';

export interface Restored {
  /** What it reaches: the newest record, and when that was accepted (milliseconds). */
  through: number;
  throughAt: number;
  /** When the mirror was written last, milliseconds. */
  mirroredAt: number;
  begins: number;
  segments: number;
  records: number;
  bytes: number;
  snapshots: number[];
  models: string[];
  /** Damage of the journal that was met, and what became of it. */
  found: Repair['found'];
  /** What was in the mirror and is not here, in words. */
  missing: string[];
}

export async function readManifest(store: MirrorStore): Promise<{ manifest: Manifest; files: Copied[] }> {
  const head = await store.readHead();
  if (head === undefined) throw new Error(`${store.where} is no mirror: it has no manifest.json`);
  const manifest = parseManifest(head.bytes, store.where);
  const files = await readCatalogue(store, manifest);
  return { manifest, files: manifest.open ? [...files, manifest.open] : files };
}

/**
 * Makes a data directory of what a mirror holds. Each object is compared with its checksum and each record of the journal with its own;
 * a damaged record is mended by its checksum where one byte is wrong, and told where not. Throws where the directory is not empty.
 */
export async function restoreMirror(store: MirrorStore, dataDir: string, files: Files): Promise<Restored> {
  const { manifest, files: all } = await readManifest(store);
  const there = await files.list(dataDir).catch(() => [] as string[]);
  if (there.length > 0)
    throw new Error(`${dataDir} is not empty: ${there[0]} is there. Name an empty one, or a new one.`);
  await files.makeDirectory(dataDir, 0o700);
  await files.makeDirectory(join(dataDir, JOURNAL), 0o700);
  const missing: string[] = [];
  const restored: string[] = [];
  let bytes = 0;

  const folders = new Map<string, Copied[]>();
  for (const file of all) {
    if (!isSafe(file.path)) throw new Error(`${store.where}: its catalogue names ${file.path}`);
    folders.set(dirname(file.path), [...(folders.get(dirname(file.path)) ?? []), file]);
  }
  for (const [folder, inIt] of folders) {
    const isJournal = folder === JOURNAL;
    try {
      for (const file of inIt) bytes += await write(file, isJournal);
      restored.push(folder);
    } catch (error) {
      // The journal without a part is told below; half a snapshot or model is none.
      if (isJournal) throw error;
      await files.remove(join(dataDir, folder));
      missing.push(`${folder}: ${(error as Error).message}`);
    }
  }
  await writeIdentity(files, dataDir, manifest.journal);
  const { segments, records, found } = await repairJournal(join(dataDir, JOURNAL), { files });
  const named = (folder: string) =>
    restored.flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []));
  const { through, throughAt, at: mirroredAt, begins } = manifest;
  return {
    ...{ through, throughAt, mirroredAt, begins, segments, records, bytes, found, missing },
    snapshots: named('snapshots')
      .map(Number)
      .sort((a, b) => a - b),
    models: named('models'),
  };

  /** Of the journal, what fails its sum is written as it is: its records have sums of their own. */
  async function write({ path, pieces }: Copied, isJournal: boolean): Promise<number> {
    await files.makeDirectory(dirname(join(dataDir, path)), 0o700);
    const file = await files.open(join(dataDir, path), 'create');
    let at = 0;
    try {
      for (const piece of pieces) {
        const found = await store.get(piece.name);
        const isRight = found !== undefined && sumOf(found) === piece.sha256;
        if (!isRight) {
          const what = `${piece.name} ${found ? 'fails its checksum' : 'is not there'}`;
          if (!isJournal) throw new Error(what);
          missing.push(`${what}: records in it may be damaged`);
        }
        if (found) await file.write(found.subarray(0, piece.bytes), at);
        at += piece.bytes;
        if (!found || found.length < piece.bytes) await file.write(Buffer.alloc(1), at - 1);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await files.syncDirectory(dirname(join(dataDir, path)));
    return at;
  }
}

/** Names of the mirror's making, and nothing that leads out. */
const isSafe = (path: string) => /^[a-z]+(\/[\w.-]+){1,2}$/.test(path) && !path.includes('..');

/** Copies the journal's files of a mirror into a folder, as far as they are there: for a repair that takes records from them. */
export async function fetchJournal(
  store: MirrorStore,
  directory: string,
  wanted: (path: string) => boolean,
  files: Files,
) {
  const { files: all } = await readManifest(store);
  await files.makeDirectory(directory, 0o700);
  for (const { path, pieces } of all) {
    if (dirname(path) !== JOURNAL || !wanted(path)) continue;
    const file = await files.open(join(directory, path.slice(JOURNAL.length + 1)), 'create');
    try {
      let at = 0;
      for (const { name, bytes } of pieces) {
        const found = await store.get(name);
        if (found) await file.write(found, at);
        at += bytes;
      }
    } finally {
      await file.close();
    }
  }
}

export interface Verified {
  through: number;
  throughAt: number;
  mirroredAt: number;
  objects: number;
  bytes: number;
  damaged: string[];
}

/** Reads every object of a mirror against its checksum, and changes nothing. */
export async function verifyMirror(store: MirrorStore): Promise<Verified> {
  const { manifest, files } = await readManifest(store);
  const { through, throughAt, at: mirroredAt } = manifest;
  const verified: Verified = { through, throughAt, mirroredAt, objects: 0, bytes: 0, damaged: [] };
  for (const { path, pieces } of files)
    for (const { name, bytes, sha256 } of pieces) {
      const found = await store.get(name);
      verified.objects++;
      verified.bytes += bytes;
      if (found === undefined || sumOf(found) !== sha256)
        verified.damaged.push(`${path}: ${name} ${found ? 'fails its checksum' : 'is not there'}`);
    }
  return verified;
}
