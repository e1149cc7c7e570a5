import { AssayError } from '../domain/errors.ts';

/** A durable record that the disk no longer gives back. Its place is for logs and commands: what callers read names no path. */
export class DamagedRecord extends AssayError {
  readonly sequence: number;
  /** Of the segment's file. */
  readonly path: string;
  readonly offset: number;

  constructor(path: string, offset: number, sequence: number) {
    super(
      'unavailable',
      `Record ${sequence} of the journal is damaged on disk, so what it holds cannot be read; the operator is told where. ` +
        `docs/reliability.md says how it is mended.`,
      { retryAfterSeconds: 3600 },
    );
    this.sequence = sequence;
    this.path = path;
    this.offset = offset;
  }
}
