import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A folder with those above it. Throws what the system says: of a file system that is read-only or full, Node's `mkdir` with `recursive`
 * says ENOENT, and so does a link that leads nowhere; making the first that is missing tells the truth.
 */
export function makeFolder(path: string, mode?: number): void {
  const folder = { recursive: true, ...(mode === undefined ? {} : { mode }) };
  try {
    mkdirSync(path, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    let missing = path;
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing, mode);
    mkdirSync(path, folder);
  }
}
