import { basename, join } from 'node:path';
import { AssayError } from '../../domain/errors.ts';
import { DamagedRecord } from '../damage.ts';
import type { Overwrite } from '../journal.ts';
import { type Files, readWhole, replaceFile } from './files.ts';
import { decodeFrame, ERASED, frameAt, refilled } from './frame.ts';
import type { IndexCache } from './index-cache.ts';
import { type Log, segmentOf } from './log.ts';
import { extentOf } from './reader.ts';

const intentPath = (directory: string) => join(directory, 'erasing');

/**
 * Overwrites the personal block of a durable record (see frame.ts). The sequence is first noted in a file of its own, so
 * that an erase which a crash interrupts is finished at the next start. One at a time: the caller sees to it.
 */
export async function erasePersonal(log: Log, indexes: IndexCache, sequence: number): Promise<void> {
  if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > log.durable) {
    throw new AssayError('not_found', `the journal has no record ${sequence}`);
  }
  await replaceFile(log.files, log.directory, intentPath(log.directory), Buffer.from(String(sequence)));
  await overwrite(log, indexes, sequence);
  await log.files.remove(intentPath(log.directory));
}

async function overwrite(log: Log, indexes: IndexCache, sequence: number): Promise<void> {
  const segment = segmentOf(log, sequence);
  const [start, end] = await extentOf(segment, sequence, indexes);
  const file = await log.files.open(segment.path, 'update');
  try {
    const source = Buffer.allocUnsafe(end - start);
    await file.read(source, start);
    const frame = frameAt(source, 0, source.length);
    if (frame?.sequence !== sequence) throw new DamagedRecord(segment.path, start, sequence);
    if (frame.personalBytes === 0) return;
    const at = start + frame.personalAt;
    await file.write(Uint8Array.of(ERASED), at);
    await file.sync();
    // The checksum goes too: it would let a short value be guessed.
    await file.write(Buffer.alloc(end - at - 4), at + 4);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Finishes an erase that a crash interrupted. */
export async function finishErase(files: Files, log: Log, indexes: IndexCache): Promise<void> {
  const intent = await readWhole(files, intentPath(log.directory));
  if (intent === undefined) return;
  const sequence = Number(intent.toString('utf8'));
  if (Number.isSafeInteger(sequence) && sequence >= 1 && sequence <= log.durable) {
    await overwrite(log, indexes, sequence);
  }
  await files.remove(intentPath(log.directory));
}

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
    await replaceFile(log.files, log.directory, intentPath(log.directory), Buffer.from(JSON.stringify(redo)));
    log.owner.check();
    await file.write(bytes, start);
    await file.sync();
  } finally {
    await file.close();
  }
  await log.files.remove(intentPath(log.directory));
  return true;
}

/** Before anything is read: a frame that a crash left half written is written again. */
export async function redoOverwrite(files: Files, directory: string): Promise<void> {
  const intent = await readWhole(files, intentPath(directory));
  // A number alone is that of an erase of the personal block: see `finishErase`.
  if (intent === undefined || intent[0] !== 0x7b) return;
  const { segment, at, frame } = JSON.parse(intent.toString('utf8')) as Redo;
  const file = await files.open(join(directory, segment), 'update');
  try {
    await file.write(Buffer.from(frame, 'base64'), at);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.remove(intentPath(directory));
}
