import { join } from 'node:path';
import type { Files } from '../local/files.ts';
import { isWholeKept } from '../local/kept-file.ts';
import { FOOTER_BYTES, readFooter } from '../local/segment.ts';
import type { Copy } from './copy.ts';
import { reach, readRange } from './local-files.ts';
import { type Copied, sumOf } from './manifest.ts';

/** What failed its checksum, in words. */
export interface Checked {
  objects: number;
  mended: string[];
  damaged: string[];
}

/**
 * Compares the files of a mirror with those here, piece by piece. What was changed here where it lay, and still holds, is copied again:
 * an erasure. With `mirror`, each object is also read back, and what fails its checksum is copied again from here, if that is the same.
 */
export async function checkCopy(
  copy: Copy,
  { files, dataDir, mirror }: { files: Files; dataDir: string; mirror: boolean },
  took: (bytes: number) => Promise<void>,
): Promise<Checked> {
  const checked: Checked = { objects: 0, mended: [], damaged: [] };
  const { open } = copy.manifest;
  for (const file of [...copy.files.values()]) await check(file, (again) => copy.put(again));
  if (open) await check(open, (again) => copy.setOpen(again));
  await copy.commit();
  return checked;

  async function check(file: Copied, put: (again: Copied) => void): Promise<void> {
    const isSame = await sameHere(file);
    if (isSame === false && (await isWhole(file))) return put(await again(file));
    if (!mirror) return;
    const failed: string[] = [];
    for (const { name, bytes, sha256 } of file.pieces) {
      const found = await copy.store.get(name);
      checked.objects++;
      if (found === undefined || sumOf(found) !== sha256)
        failed.push(`${name} ${found ? 'fails its checksum' : 'is not there'}`);
      await took(bytes);
    }
    if (failed.length === 0) return;
    if (isSame) put(await again(file));
    checked[isSame ? 'mended' : 'damaged'].push(...failed);
  }

  /** Undefined where there is no such file here, such as of a snapshot that made room for newer ones. */
  async function sameHere({ path, pieces }: Copied): Promise<boolean | undefined> {
    let at = 0;
    try {
      for (const { bytes, sha256 } of pieces) {
        if (sumOf(await readRange(files, dataDir, path, at, at + bytes)) !== sha256) return false;
        at += bytes;
      }
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return false;
    }
  }

  /** Of what may change where it lies: records. Anything else that differs here is damage here. */
  async function isWhole({ path, pieces }: Copied): Promise<boolean> {
    const end = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    try {
      if (path.endsWith('.kept')) return await isWholeKept(files, join(dataDir, path));
      if (!path.endsWith('.journal')) return false;
      const first = Number(path.slice(-24, -8));
      const isOpen = copy.manifest.open?.path === path;
      const foot = await readRange(files, dataDir, path, Math.max(0, end - FOOTER_BYTES), end);
      const last = isOpen ? copy.manifest.through : readFooter(foot, 0)?.last;
      if (last === undefined) return false;
      return (await reach(files, join(dataDir, path), { from: 0, sequence: first - 1, through: last })).end <= end;
    } catch {
      return false;
    }
  }

  async function again({ path, pieces }: Copied): Promise<Copied> {
    const end = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    return { path, pieces: await copy.pieces(path, 0, end) };
  }
}
