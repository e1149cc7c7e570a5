import { AssayError } from '../domain/errors.ts';
import type { Services } from './services.ts';

/**
 * Asks the store once it holds everything that was acknowledged before. A database that goes away in between is
 * `unavailable`, as one that was away before.
 */
export async function read<T>(services: Services, query: () => Promise<T>): Promise<T> {
  await services.projector.settled();
  try {
    return await query();
  } catch (error) {
    if (error instanceof AssayError) throw error;
    await services.store.ping().catch(() => {
      throw new AssayError('unavailable', 'The database is away; decisions go on.', { retryAfterSeconds: 2 });
    });
    throw error;
  }
}
