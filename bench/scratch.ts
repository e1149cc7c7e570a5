import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for a bench. The embedded PostgreSQL may enter it: where it cannot, its files lie elsewhere, and removing the folder leaves them.
 */
export function scratch(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `assay-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}
