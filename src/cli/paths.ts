import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The model that the repository ships. */
export const defaultModelDir = join(root, 'models', 'transactions');

/** The version of this code, for a model's lineage. */
export function codeVersion(): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}
