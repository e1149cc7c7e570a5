import { basename, join } from 'node:path';
import { DamagedRecord } from '../damage.ts';
import type { Overwrite } from '../journal.ts';
import { type Files, readWhole, replaceFile } from './files.ts';
import { decodeFrame, frameAt, refilled } from './frame.ts';
import type { IndexCache } from './index-cache.ts';
import { type Log, segmentOf } from './log.ts';
import { extentOf } from './reader.ts';

/** By owner: what one that was replaced still notes must not take the place of what its successor did. */
const intentPath = ({ directory, owner }: Pick<Log, 'directory' | 'owner'>) =>
  join(directory, `erasing.${owner.number}`);
/** Without a number: of a release before owners had one here. */
const INTENT = /^erasing(?:\.(\d+))?(\.tmp)?$/;

/** A frame on its way: which file, where, and all its bytes in base64. */
interface Redo {
  segment: string;
  at: number;
  frame: string;
}

/**
 * Puts what is left of a record in its place. The new frame is durable in a file of its own first, so that one that a crash leaves
 * half written is written again before anything reads it. One at a time: the caller sees to it.
 */
export async function overwriteRecord(
  log: Log,
  indexes: IndexCache,
  sequence: number,
  change: Overwrite,
): Promise<boolean> {
  const segment = segmentOf(log, sequence);
  const [start, end] = await extentOf(segment, sequence, indexes);
  const file = await log.files.open(segment.path, 'update');
  try {
    const source = Buffer.allocUnsafe(end - start);
    await file.read(source, start);
    const frame = frameAt(source, 0, source.length);
    if (frame?.sequence !== sequence) throw new DamagedRecord(segment.path, start, sequence);
    const left = change(decodeFrame(source, frame));
    if (left === undefined) return false;
    const bytes = refilled(source, frame, left.data, left.personal);
    if (bytes.equals(source)) return false;
    const redo: Redo = { segment: basename(segment.path), at: start, frame: bytes.toString('base64') };
    await replaceFile(log.files, log.directory, intentPath(log), Buffer.from(JSON.stringify(redo)));
    log.owner.check();
    await file.write(bytes, start);
    await file.sync();
  } finally {
    await file.close();
  }
  await log.files.remove(intentPath(log));
  return true;
}

/**
 * Before anything is read: frames that a crash left half written are written again, those of the newest owner last. One that was
 * noted by an owner who had been replaced is of a record that was durable before, so that it does no harm.
 */
export async function redoOverwrite(files: Files, directory: string): Promise<void> {
  const names = await files.list(directory);
  const noted = names.flatMap((name) => {
    const [found, owner = '0', isUnfinished] = INTENT.exec(name) ?? [];
    return found === undefined ? [] : [{ path: join(directory, name), owner: Number(owner), isUnfinished }];
  });
  for (const { path, isUnfinished } of noted.sort((a, b) => a.owner - b.owner)) {
    const intent = isUnfinished ? undefined : await readWhole(files, path);
    const redo = intent && whole(intent);
    // Of a segment that a successor cut out: it erases, in what stays, what a replaced owner had only noted.
    if (redo && names.includes(redo.segment)) await write(files, directory, redo);
    await files.remove(path);
  }
}

interface Whole {
  segment: string;
  at: number;
  bytes: Buffer;
}

async function write(files: Files, directory: string, { segment, at, bytes }: Whole): Promise<void> {
  const file = await files.open(join(directory, segment), 'update');
  try {
    await file.write(bytes, at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Undefined where a disk lost what it had promised to keep: what that left of the record is found by its checksum. */
function whole(intent: Buffer): Whole | undefined {
  try {
    const { segment, at, frame } = JSON.parse(intent.toString('utf8')) as Redo;
    const bytes = Buffer.from(frame, 'base64');
    return frameAt(bytes, 0, bytes.length)?.length === bytes.length ? { segment, at, bytes } : undefined;
  } catch {
    return undefined;
  }
}
