import { fdatasync, readSync, write } from 'node:fs';
import { type FileHandle, link, open, readdir, rename, rm } from 'node:fs/promises';
import { makeFolder } from './folder.ts';
import { lockDirectory } from './lock.ts';

/** The file operations that the journal needs; a test puts a disk that loses power in their place. */
export interface Files {
  /** With the folders above it. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  /** Names of the files and folders in it. Throws ENOENT where there is no such directory. */
  list(directory: string): Promise<string[]>;
  /** `create` replaces what is there. */
  open(path: string, mode: 'read' | 'update' | 'create'): Promise<OpenFile>;
  /** Of a file or a folder. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file; throws EEXIST where the name is taken. */
  link(from: string, to: string): Promise<void>;
  /** A file, or a folder with what is in it; nothing where there is none. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Takes the directory for this process. Resolves to the way to give it back; throws where another has it. */
  lock(directory: string): Promise<() => Promise<void>>;
}

export interface OpenFile {
  /** Fills the target as far as the file goes. Returns the number of bytes read. */
  read(target: Uint8Array, position: number): Promise<number>;
  readSync(target: Uint8Array, position: number): number;
  /** Writes all of the source. Not durable before `sync`. */
  write(source: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Makes what was written durable (fdatasync). */
  sync(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export const nodeFiles: Files = {
  async makeDirectory(path, mode) {
    makeFolder(path, mode);
  },
  list: (directory) => readdir(directory),
  open: async (path, mode) => openFile(await open(path, mode === 'read' ? 'r' : mode === 'update' ? 'r+' : 'w+')),
  rename,
  link,
  remove: (path) => rm(path, { force: true, recursive: true }),
  async syncDirectory(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  lock: lockDirectory,
};

function openFile(handle: FileHandle): OpenFile {
  return {
    async read(target, position) {
      let done = 0;
      while (done < target.length) {
        const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    readSync(target, position) {
      let done = 0;
      while (done < target.length) {
        const bytesRead = readSync(handle.fd, target, done, target.length - done, position + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    write: (source, position) => writeAll(handle.fd, source, position),
    truncate: (length) => handle.truncate(length),
    sync: () => syncData(handle.fd),
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}

/** The callbacks of node:fs: those of a FileHandle cost the writer noticeably more. */
function writeAll(fd: number, source: Uint8Array, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (done: number) => {
      write(fd, source, done, source.length - done, position + done, (error, written) => {
        if (error !== null) reject(error);
        else if (done + written < source.length) next(done + written);
        else resolve();
      });
    };
    next(0);
  });
}

function syncData(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Writes a whole file so that a crash leaves the old one or the new one, never a half. */
export async function replaceFile(
  files: Files,
  directory: string,
  path: string,
  content: Uint8Array,
  temporary = `${path}.tmp`,
): Promise<void> {
  const file = await files.open(temporary, 'create');
  try {
    await file.write(content, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await files.syncDirectory(directory);
}

/** The whole file, or undefined where there is none. */
export async function readWhole(files: Files, path: string): Promise<Buffer | undefined> {
  let file: OpenFile;
  try {
    file = await files.open(path, 'read');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const content = Buffer.allocUnsafe(await file.size());
    return content.subarray(0, await file.read(content, 0));
  } finally {
    await file.close();
  }
}
