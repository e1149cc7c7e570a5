import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpaceState } from '../journal.ts';
import type { Files, OpenFile } from './files.ts';

/** How often the file system is asked. */
const LOOK_MS = 1_000;

/** A file of nothing, given up when a write finds no space: what is under way is then written, and nothing more is taken. */
const HELD_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 200;

export interface Space {
  /** The files of the journal, whose writes wait for space instead of failing. */
  files: Files;
  state(): SpaceState;
  close(): Promise<void>;
}

/**
 * Watches how much the disk has left. Below the reserve nothing more is taken: a write that fails for want of space would leave
 * unknown what is durable, and the database on the same disk could not even tell what it holds. Another program may fill it
 * between two looks: then what is held back is given up, and the write is done again until there is space for it.
 */
export function createSpace(options: {
  directory: string;
  reserveBytes: number;
  files: Files;
  onWarning: (error: unknown) => void;
  freeBytes?: ((directory: string) => Promise<number>) | undefined;
}): Space {
  const { directory, reserveBytes, files, onWarning, freeBytes = freeOf } = options;
  const heldPath = join(directory, 'reserve.tmp');
  let free: number | undefined;
  let low = false;
  /** A write found no space since the last look. */
  let ranOut = false;
  let holding: Promise<void> | undefined;
  let looking: Promise<void> | undefined;
  let closed = false;

  async function look(): Promise<void> {
    try {
      free = await freeBytes(directory);
    } catch {
      // A file system that does not say: what cannot be known is not held against it.
      free = undefined;
    }
    if (free === undefined) return;
    if (free < 2 * reserveBytes && !low) onWarning(warning(free));
    low = free < 2 * reserveBytes;
    if (free < reserveBytes) return;
    ranOut = false;
    holding ??= hold();
    await holding;
  }

  /** Fails quietly: it is tried again at the next look. */
  async function hold(): Promise<void> {
    try {
      const file = await files.open(heldPath, 'create');
      await file.write(Buffer.alloc(Math.min(HELD_BYTES, reserveBytes / 4)), 0).finally(() => file.close());
    } catch {
      holding = undefined;
    }
  }

  const warning = (left: number) =>
    new Error(`the disk of ${directory} has ${mib(left)} left; below ${mib(reserveBytes)} nothing is decided`);

  async function makeRoom(): Promise<void> {
    if (!ranOut) onWarning(new Error(`the disk of ${directory} is full: nothing more is taken until there is space`));
    ranOut = true;
    if (holding !== undefined) {
      await holding;
      holding = undefined;
      await files.remove(heldPath);
    } else await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  async function untilThereIsSpace<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || closed) throw error;
        await makeRoom();
      }
    }
  }

  const watch = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  };
  const timer = setInterval(watch, LOOK_MS);
  timer.unref();
  watch();
  return {
    files: {
      ...files,
      open: async (path, mode) => patient(await untilThereIsSpace(() => files.open(path, mode)), untilThereIsSpace),
    },
    state: () => ({
      ...{ freeBytes: free, reserveBytes },
      isFull: ranOut || (free !== undefined && free < reserveBytes),
    }),
    async close() {
      closed = true;
      clearInterval(timer);
      await looking;
      await holding;
      await files.remove(heldPath);
    },
  };
}

function patient(file: OpenFile, untilThereIsSpace: <T>(work: () => Promise<T>) => Promise<T>): OpenFile {
  return {
    ...file,
    write: (source, position) => untilThereIsSpace(() => file.write(source, position)),
    truncate: (length) => untilThereIsSpace(() => file.truncate(length)),
  };
}

const mib = (bytes: number) => `${Math.floor(bytes / (1024 * 1024))} MiB`;

async function freeOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
