import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The model that the repository ships. */
export const defaultModelDir = join(root, 'models', 'transactions');

/** The workspace of the dashboard, and what is built of it. */
export const dashboardFolder = join(root, 'dashboard');
export const defaultDashboardDir = join(dashboardFolder, 'dist');

/** The version of this code, for a model's lineage. */
export function codeVersion(): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}
