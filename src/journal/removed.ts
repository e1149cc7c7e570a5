import { AssayError } from '../domain/errors.ts';

/** A record that was removed from the log when its time was over (JOURNAL_RETENTION_DAYS). Its names stay taken. */
export class RemovedRecord extends AssayError {
  constructor(what: string) {
    super(
      'gone',
      `${what} was removed from the journal when the days that it is kept were over (JOURNAL_RETENTION_DAYS).`,
    );
  }
}

/** The same look-up, where a record that was removed is as good as none. */
export async function unlessRemoved<T>(looked: Promise<T>): Promise<T | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (error instanceof RemovedRecord) return undefined;
    throw error;
  }
}
