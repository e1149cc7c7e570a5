import { type Files, nodeFiles } from './files.ts';
import { walkJournal } from './walk.ts';

export interface Verification {
  segments: number;
  records: number;
  /** Bytes of records. */
  bytes: number;
  /** Bytes of a torn tail: what a crash left of records that were never acknowledged. The next start clears them. */
  tornBytes: number;
  /** Empty where all is well. */
  problems: { path: string; offset: number; why: string }[];
}

/**
 * Reads every byte of the journal in a directory and changes nothing. Checks all checksums, that sequences have no gap,
 * the footers, the indexes, and that what was erased is gone. The journal should be closed, or at rest.
 */
export async function verifyJournal(directory: string, files: Files = nodeFiles): Promise<Verification> {
  const result: Verification = { segments: 0, records: 0, bytes: 0, tornBytes: 0, problems: [] };
  for await (const { records, end, tornBytes, faults } of walkJournal(files, directory)) {
    result.segments++;
    result.records += records;
    result.bytes += end;
    result.tornBytes += tornBytes;
    for (const { path, offset, what } of faults) result.problems.push({ path, offset, why: `${what} is damaged` });
  }
  return result;
}
