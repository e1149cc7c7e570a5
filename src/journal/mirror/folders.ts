import { join } from 'node:path';
import type { Files } from '../local/files.ts';
import type { Copy } from './copy.ts';
import { sizeOf } from './local-files.ts';

/** Folders of the data directory whose folders, once there, do not change: what a restore needs beside the journal. */
const SNAPSHOTS = { folder: 'snapshots', isOne: (name: string) => /^\d+$/.test(name) };
const MODELS = { folder: 'models', isOne: (name: string) => /^[0-9a-f]{16}$/.test(name) };
const KEPT = 2;

/** Sequences of the snapshots that are in a mirror whole, the newest first. */
export function snapshotsOf({ files }: Pick<Copy, 'files'>): number[] {
  const sequences = [...files.keys()].flatMap((path) => {
    const [, sequence] = /^snapshots\/(\d+)\//.exec(path) ?? [];
    return sequence === undefined ? [] : [Number(sequence)];
  });
  return [...new Set(sequences)].sort((a, b) => b - a);
}

/** Copies the snapshots that the mirrored journal reaches, and every model. Snapshots that are gone here go once two newer ones are there. */
export async function copyFolders(copy: Copy, local: { files: Files; dataDir: string }): Promise<void> {
  const snapshots = (await present(SNAPSHOTS)).map(Number).filter((sequence) => sequence <= copy.manifest.through);
  for (const sequence of snapshots.sort((a, b) => a - b)) await copyFolder(`snapshots/${sequence}`);
  for (const version of await present(MODELS)) await copyFolder(`models/${version}`);
  for (const old of snapshotsOf(copy).slice(KEPT)) {
    if (snapshots.includes(old)) continue;
    for (const path of [...copy.files.keys()]) if (path.startsWith(`snapshots/${old}/`)) copy.drop(path);
  }
  await copy.commit();

  async function present({ folder, isOne }: typeof SNAPSHOTS): Promise<string[]> {
    return (await namesOf(join(local.dataDir, folder))).filter(isOne);
  }

  function namesOf(folder: string): Promise<string[]> {
    return local.files.list(folder).catch(() => []);
  }

  /** All of its files or none: one may go while it is read. */
  async function copyFolder(folder: string): Promise<void> {
    const names = await namesOf(join(local.dataDir, folder));
    const missing = names.map((name) => `${folder}/${name}`).filter((path) => !copy.files.has(path));
    if (missing.length === 0) return;
    try {
      const copied = [];
      for (const path of missing)
        copied.push({ path, pieces: await copy.pieces(path, 0, await sizeOf(local.files, local.dataDir, path)) });
      for (const file of copied) copy.put(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
