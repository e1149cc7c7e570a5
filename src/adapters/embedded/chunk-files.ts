import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/**
 * Chunks of columns in a folder, by the first sequence. Written aside, then renamed: no sync, for what a crash leaves damaged is known by
 * its checksum and made anew from the journal.
 */
export function openChunkFiles(directory: string) {
  const pathOf = (first: number) => join(directory, `${String(first).padStart(16, '0')}.columns`);
  return {
    async read(first: number): Promise<Uint8Array | undefined> {
      try {
        return await readFile(pathOf(first));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    /** Those that begin before a sequence. */
    async removeBefore(sequence: number): Promise<void> {
      for (const name of await readdir(directory).catch(() => [] as string[])) {
        const first = /^\d{16}\.columns$/.test(name) ? Number(name.slice(0, 16)) : undefined;
        // One that is cut through is not read any more either: its first record is gone.
        if (first !== undefined && first < sequence) await rm(join(directory, name), { force: true });
      }
    },
    async write(first: number, bytes: Uint8Array): Promise<void> {
      await mkdir(directory, { recursive: true });
      // Two threads may write the same chunk: one follows the log, the other one reads for a backtest.
      const aside = `${pathOf(first)}.${threadId}.tmp`;
      await writeFile(aside, bytes, { mode: 0o600 });
      await rename(aside, pathOf(first));
    },
  };
}
