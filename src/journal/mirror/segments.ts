import { join } from 'node:path';
import { keptOf, segmentFirsts } from '../local/chain.ts';
import type { Files } from '../local/files.ts';
import { endOfKept, keptPath } from '../local/kept-file.ts';
import { segmentPath } from '../local/segment.ts';
import { type Copy, joined } from './copy.ts';
import { reach, sizeOf } from './local-files.ts';
import { bytesOf } from './manifest.ts';

export const JOURNAL = 'journal';
/** So much may be copied before the mirror says that it counts. */
const COMMIT_BYTES = 128 * 1024 * 1024;

interface Local {
  files: Files;
  dataDir: string;
  /** The newest sequence that is durable. */
  durable: number;
  /** The first that is held whole. */
  begins: number;
}

/**
 * Brings a mirror up to what is durable, the oldest first, so that it always holds a beginning of the journal: what is left of
 * segments that were cut out, each sealed segment once, and of the last one what is new.
 */
export async function copySegments(copy: Copy, local: Local): Promise<void> {
  const { files, dataDir, durable, begins } = local;
  const { manifest } = copy;
  const directory = join(dataDir, JOURNAL);
  const { kept } = await keptOf(files, directory);
  const firsts = (await segmentFirsts(files, directory)).filter((first) => first >= begins && first <= durable);
  let uncommitted = 0;

  for (const first of kept) await copyKept(first);
  manifest.begins = begins;
  for (const [i, first] of firsts.entries()) {
    const next = firsts[i + 1];
    if (next === undefined) await copyOpen(first);
    else await copySealed(first, next - 1);
    if (uncommitted < COMMIT_BYTES) continue;
    await copy.commit();
    uncommitted = 0;
  }
  await copy.commit();

  /** It stands for a segment, which goes with the same commit. */
  async function copyKept(first: number): Promise<void> {
    const path = pathOf(keptPath, first);
    if (copy.files.has(path)) return;
    const last = await endOfKept(files, directory, first);
    if (last === undefined) throw new Error(`${path} is damaged: assay journal verify tells more`);
    copy.put({ path, pieces: await copy.pieces(path, 0, await sizeOf(files, dataDir, path)) });
    const segment = pathOf(segmentPath, first);
    copy.drop(segment);
    if (manifest.open?.path === segment) copy.setOpen(null);
    if (manifest.through < last) manifest.through = last;
  }

  async function copySealed(first: number, last: number): Promise<void> {
    const path = pathOf(segmentPath, first);
    if (copy.files.has(path)) return;
    const open = manifest.open?.path === path ? manifest.open : { path, pieces: [] };
    const from = bytesOf(open);
    const sequence = from === 0 ? first - 1 : manifest.through;
    const reached = await reach(files, join(dataDir, path), { from, sequence, through: last });
    const size = await sizeOf(files, dataDir, path);
    copy.put({ path, pieces: [...open.pieces, ...(await copy.pieces(path, from, size))] });
    if (open === manifest.open) copy.setOpen(null);
    note(last, reached.at);
    uncommitted += size - from;
  }

  async function copyOpen(first: number): Promise<void> {
    const path = pathOf(segmentPath, first);
    const open = manifest.open?.path === path ? manifest.open : { path, pieces: [] };
    const before = bytesOf(open);
    const sequence = before === 0 ? first - 1 : manifest.through;
    const { end, at } = await reach(files, join(dataDir, path), { from: before, sequence, through: durable });
    if (at === undefined) return;
    const { from, kept } = joined(open, end);
    copy.setOpen({ path, pieces: [...kept, ...(await copy.pieces(path, from, end))] });
    note(durable, at);
  }

  function note(sequence: number, at: number | undefined): void {
    manifest.through = sequence;
    if (at !== undefined) manifest.throughAt = at;
  }
}

const pathOf = (name: (directory: string, first: number) => string, first: number) => name(JOURNAL, first);
