import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { lockDirectory } from '../../journal/local/lock.ts';
import { HeadTaken, type MirrorStore } from '../../journal/mirror/store.ts';

const HEAD = 'manifest.json';
/** Of the lock, beside the head. */
const OTHER = new Set([HEAD, 'owner.lock', 'owner.lock-journal', 'lock']);

/**
 * A mirror in a folder, most often of another disk or a mounted one. Whoever writes holds the kernel's lock on it for as long as it is
 * open; who reads takes none. A folder that is missing is not made: a disk that is not mounted must not be filled in its place.
 */
export async function openMirrorFolder(folder: string, { write }: { write: boolean }): Promise<MirrorStore> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`${root}: there is no such folder; make it where the disk is mounted`);
  if (write) await chmod(root, 0o700).catch(() => {});
  const unlock = write ? await lockDirectory(root) : undefined;
  const at = (name: string) => join(root, name);

  async function put(name: string, bytes: Uint8Array): Promise<void> {
    const path = at(name);
    const aside = `${path}.${randomUUID()}.tmp`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(aside, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await syncFolder(dirname(path));
  }

  async function readHead() {
    const bytes = await read(at(HEAD));
    return bytes && { bytes, version: bytes.toString('latin1') };
  }

  return {
    where: root,
    get: (name) => read(at(name)),
    put,
    async remove(name) {
      await rm(at(name), { force: true });
    },
    async list() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return names.map((path) => path.slice(root.length + 1)).filter((name) => !OTHER.has(name));
    },
    readHead,
    async replaceHead(bytes, was) {
      // Under the lock: nobody writes between the look and the rename.
      if ((await readHead())?.version !== was) throw new HeadTaken(root);
      await put(HEAD, bytes);
      return Buffer.from(bytes).toString('latin1');
    },
    async close() {
      await unlock?.();
    },
  };
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
