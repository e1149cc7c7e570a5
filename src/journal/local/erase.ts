import { join } from 'node:path';
import { AssayError } from '../../domain/errors.ts';
import { DamagedRecord } from '../damage.ts';
import { type Files, readWhole, replaceFile } from './files.ts';
import { ERASED, frameAt } from './frame.ts';
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
