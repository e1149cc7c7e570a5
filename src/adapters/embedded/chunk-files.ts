import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
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
    async write(first: number, bytes: Uint8Array): Promise<void> {
      await mkdir(directory, { recursive: true });
      // Two threads may write the same chunk: one follows the log, the other one reads for a backtest.
      const aside = `${pathOf(first)}.${threadId}.tmp`;
      await writeFile(aside, bytes, { mode: 0o600 });
      await rename(aside, pathOf(first));
    },
  };
}
