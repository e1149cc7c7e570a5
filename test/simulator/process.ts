import type { Files } from '../../src/journal/local/files.ts';

/**
 * What a process sees of the world: everything that it asks for goes through `gate`, which waits while the process is frozen and
 * never comes back once it was killed. What it wrote before stays in the page cache; that is the disk's.
 */
export interface Process {
  files: Files;
  gate<T>(work: () => Promise<T>): Promise<T>;
  freeze(): void;
  thaw(): void;
  kill(): void;
  readonly isAlive: boolean;
  readonly isFrozen: boolean;
}

export function createProcess(files: Files): Process {
  let alive = true;
  let frozen: { until: Promise<void>; thaw: () => void } | undefined;

  async function pass(): Promise<void> {
    while (frozen && alive) await frozen.until;
    if (!alive) throw new Error('the process was killed');
  }
  async function gate<T>(work: () => Promise<T>): Promise<T> {
    await pass();
    try {
      return await work();
    } finally {
      await pass();
    }
  }
  const thaw = () => {
    frozen?.thaw();
    frozen = undefined;
  };

  return {
    files: {
      makeDirectory: (path) => gate(() => files.makeDirectory(path)),
      list: (directory) => gate(() => files.list(directory)),
      async open(path, mode) {
        const file = await gate(() => files.open(path, mode));
        return {
          read: (target, position) => gate(() => file.read(target, position)),
          readSync(target, position) {
            if (!alive) throw new Error('the process was killed');
            return file.readSync(target, position);
          },
          write: (source, position) => gate(() => file.write(source, position)),
          truncate: (length) => gate(() => file.truncate(length)),
          sync: () => gate(() => file.sync()),
          size: () => gate(() => file.size()),
          close: () => file.close(),
        };
      },
      rename: (from, to) => gate(() => files.rename(from, to)),
      link: (from, to) => gate(() => files.link(from, to)),
      remove: (path) => gate(() => files.remove(path)),
      syncDirectory: (path) => gate(() => files.syncDirectory(path)),
      // Lost: two may have the directory. What is left is the fence.
      lock: async () => async () => {},
    },
    gate,
    freeze() {
      const { promise, resolve } = Promise.withResolvers<void>();
      frozen ??= { until: promise, thaw: resolve };
    },
    thaw,
    kill() {
      alive = false;
      thaw();
    },
    get isAlive() {
      return alive;
    },
    get isFrozen() {
      return frozen !== undefined;
    },
  };
}
