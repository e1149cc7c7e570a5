import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Files, OpenFile } from './files.ts';

/**
 * A disk in memory that can lose power, for tests. What was not synced is cut into sectors of which any may survive;
 * of the names of files that were not synced, any first part of the changes may. Operations that run at the same time
 * take a random time each, so that they overlap in any order.
 */
export interface SimulatedDisk {
  files: Files;
  /** How it behaves from now on; anyone may change it. */
  readonly state: DiskState;
  /** From now on all operations fail. Returns the disk as it is when power is back. */
  cut(): SimulatedDisk;
}

export interface DiskState {
  /** No file grows: a write that would make one longer fails with ENOSPC. */
  isFull: boolean;
  /** How much longer than usual everything takes: 1 is as usual. */
  slowness: number;
  /** Answers a sync and does nothing: what it was asked for may be lost by a cut. */
  lies: boolean;
}

const SOUND: DiskState = { isFull: false, slowness: 1, lies: false };

interface Inode {
  /** What a reader sees. */
  seen: Buffer;
  /** What a cut leaves for certain. */
  durable: Buffer;
  /** Changes since, in order. */
  pending: Change[];
}
type Change = { position: number; bytes: Uint8Array } | { length: number };
type Names = Map<string, Inode>;
type Renaming = (names: Names) => void;

const SECTOR_BYTES = 512;

export function simulatedDisk(
  random: () => number,
  state: DiskState = { ...SOUND },
  names: Names = new Map(),
): SimulatedDisk {
  const durableNames: Names = new Map(names);
  let renamings: { directory: string; apply: Renaming }[] = [];
  let dead = false;

  async function busy(): Promise<void> {
    if (dead) throw new Error('power is gone');
    for (let turns = Math.floor(random() * 4 * state.slowness); turns > 0; turns--) await nextTurn();
    if (dead) throw new Error('power is gone');
  }

  function rename(path: string, apply: Renaming): void {
    apply(names);
    renamings.push({ directory: dirname(path), apply });
  }

  function handle(inode: Inode): OpenFile {
    const copy = (target: Uint8Array, position: number) => {
      if (dead) throw new Error('power is gone');
      const part = inode.seen.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    };
    const change = (one: Change) => {
      inode.seen = changed(inode.seen, one);
      inode.pending.push(one);
    };
    return {
      async read(target, position) {
        await busy();
        return copy(target, position);
      },
      readSync: copy,
      async write(source, position) {
        await busy();
        if (state.isFull && position + source.length > inode.seen.length)
          throw Object.assign(new Error('no space is left'), { code: 'ENOSPC' });
        change({ position, bytes: Uint8Array.from(source) });
      },
      async truncate(length) {
        await busy();
        change({ length });
      },
      async sync() {
        // What was written before the call.
        const before = new Set(inode.pending);
        await busy();
        await busy();
        if (state.lies) return;
        // Another sync may have been faster with some of it.
        for (const one of inode.pending) if (before.has(one)) inode.durable = changed(inode.durable, one);
        inode.pending = inode.pending.filter((one) => !before.has(one));
      },
      async size() {
        await busy();
        return inode.seen.length;
      },
      close: async () => {},
    };
  }

  const files: Files = {
    makeDirectory: busy,
    async list(directory) {
      await busy();
      const inside = [...names.keys()].filter((path) => path.startsWith(`${directory}/`));
      return [...new Set(inside.map((path) => path.slice(directory.length + 1).split('/')[0]))];
    },
    async open(path, mode) {
      await busy();
      if (mode === 'create') {
        const fresh: Inode = { seen: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [] };
        rename(path, (all) => all.set(path, fresh));
        return handle(fresh);
      }
      const inode = names.get(path);
      if (inode === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
      return handle(inode);
    },
    async rename(from, to) {
      await busy();
      if (within(names, from).length === 0) throw Object.assign(new Error(`no ${from}`), { code: 'ENOENT' });
      rename(to, (all) => {
        for (const path of within(all, from)) {
          const inode = all.get(path)!;
          all.delete(path);
          all.set(to + path.slice(from.length), inode);
        }
      });
    },
    async link(from, to) {
      await busy();
      if (names.has(to)) throw Object.assign(new Error(`${to} is there`), { code: 'EEXIST' });
      const inode = names.get(from);
      if (inode === undefined) throw Object.assign(new Error(`no ${from}`), { code: 'ENOENT' });
      rename(to, (all) => all.set(to, inode));
    },
    async remove(path) {
      await busy();
      rename(path, (all) => {
        for (const one of within(all, path)) all.delete(one);
      });
    },
    async syncDirectory(directory) {
      const before = new Set(renamings.filter((one) => one.directory === directory));
      await busy();
      if (state.lies) return;
      for (const one of renamings) if (before.has(one)) one.apply(durableNames);
      renamings = renamings.filter((one) => !before.has(one));
    },
    lock: async () => async () => {},
  };

  function cut(): SimulatedDisk {
    dead = true;
    const kept = Math.floor(random() * (renamings.length + 1));
    for (const one of renamings.slice(0, kept)) one.apply(durableNames);
    const odds = [0.1, 0.5, 0.9][Math.floor(random() * 3)];
    const left: Names = new Map();
    for (const [path, inode] of durableNames) {
      let content = inode.durable;
      for (const one of inode.pending) {
        for (const piece of pieces(one)) if (random() < odds) content = changed(content, piece);
      }
      left.set(path, { seen: Buffer.from(content), durable: Buffer.from(content), pending: [] });
    }
    return simulatedDisk(random, { ...state, isFull: false, slowness: 1 }, left);
  }

  return { files, state, cut };
}

/** A file, or the files of a folder. */
const within = (names: Names, path: string) =>
  [...names.keys()].filter((one) => one === path || one.startsWith(`${path}/`));

function changed(content: Buffer, change: Change): Buffer {
  if ('length' in change) return Buffer.from(content.subarray(0, change.length));
  const end = change.position + change.bytes.length;
  const next = end <= content.length ? content : Buffer.concat([content, Buffer.alloc(end - content.length)]);
  next.set(change.bytes, change.position);
  return next;
}

/** A write as the sectors that it touches. */
function pieces(change: Change): Change[] {
  if ('length' in change) return [change];
  const all: Change[] = [];
  const { position, bytes } = change;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES - ((position + at) % SECTOR_BYTES));
    all.push({ position: position + at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return all;
}
