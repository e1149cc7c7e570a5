import { closeSync, fdatasync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';
import { reason } from './finding.ts';

const SYNCS = 40;
/** One batch is one fsync, so this bounds what one payment waits; the figures are those of a busy disk, and of one that cannot do it. */
const SLOW_MS = 20;
const TOO_SLOW_MS = 200;
/** Below, connections and the database's files do not fit beside each other. */
const FEW_FILES = 1_024;
const MIB = 1024 * 1024;

/** Versions of what runs, as this release needs them. */
export function versions(node = process.versions.node, assay = ''): Finding {
  const [major, minor] = node.split('.').map(Number);
  const found = `Assay ${assay}, Node ${node}, ${process.platform} ${process.arch}`;
  if (major >= 24 || (major === 22 && minor >= 18)) return { check: 'versions', state: 'ok', found };
  return { check: 'versions', state: 'fault', found, advice: 'Install Node 24, or 22.18 and later.' };
}

/** How many files a process may have open, where the system says it. */
export function openFiles(limits = '/proc/self/limits'): Finding | undefined {
  let text: string;
  try {
    text = readFileSync(limits, 'utf8');
  } catch {
    return undefined;
  }
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  if (soft === undefined) return undefined;
  const found = `${soft} files may be open`;
  if (soft === 'unlimited' || Number(soft) >= FEW_FILES) return { check: 'open files', state: 'ok', found };
  return {
    ...{ check: 'open files', state: 'fault', found },
    advice: `Raise it to ${FEW_FILES} or more (ulimit -n, LimitNOFILE): each connection and each file of the database is one.`,
  };
}

/** What is free where the journal lies, against the reserve below which nothing is taken. */
export async function space(folder: string, { diskReserve }: Pick<Config, 'diskReserve'>): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${mib(free)} free of ${mib(blocks * bsize)}, ${mib(diskReserve)} of them held in reserve`;
  if (free < diskReserve)
    return {
      check: 'disk space',
      state: 'fault',
      found,
      advice: 'Free some, or move ASSAY_DATA_DIR: nothing is taken.',
    };
  if (free < 2 * diskReserve + 256 * MIB)
    return {
      check: 'disk space',
      state: 'warning',
      found,
      advice: 'Free some soon: below the reserve nothing is taken.',
    };
  return { check: 'disk space', state: 'ok', found };
}

const mib = (bytes: number) => `${Math.round(bytes / MIB).toLocaleString('en')} MiB`;

/** How a disk makes durable what was written to a file, and the clock that this is timed by; milliseconds. */
export interface Disk {
  sync(file: number): Promise<void>;
  now(): number;
}

const REAL: Disk = { sync: promisify(fdatasync), now: () => performance.now() };

/** Writes as the journal does, 4 KiB and a sync each, in a file of its own that goes again. */
export async function syncSpeed(folder: string, { sync, now }: Disk = REAL): Promise<Finding> {
  const path = join(folder, `doctor.${process.pid}.tmp`);
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    return { check: 'fsync', state: 'fault', found: `nothing can be written: ${reason(error)}` };
  }
  const took: number[] = [];
  try {
    const block = Buffer.alloc(4096, 1);
    for (let i = 0; i < SYNCS; i++) {
      const from = now();
      writeSync(file, block, 0, block.length, i * block.length);
      await sync(file);
      took.push(now() - from);
    }
  } catch (error) {
    return {
      check: 'fsync',
      state: 'fault',
      found: reason(error),
      advice: 'A disk that fails to sync keeps no promise.',
    };
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
  return judgedSpeed(took);
}

/** `took` in milliseconds. */
export function judgedSpeed(took: readonly number[]): Finding {
  const sorted = [...took].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const slowest = sorted.at(-1)!;
  const found = `${median.toFixed(2)} ms (median of ${took.length} writes of 4 KiB), slowest ${slowest.toFixed(1)} ms`;
  if (median > TOO_SLOW_MS)
    return {
      check: 'fsync',
      state: 'fault',
      found,
      advice: 'Put ASSAY_DATA_DIR on a local disk: every decision waits for it.',
    };
  if (median > SLOW_MS)
    return {
      check: 'fsync',
      state: 'warning',
      found,
      advice: 'Every decision waits for one: a faster disk answers sooner.',
    };
  return { check: 'fsync', state: 'ok', found };
}
