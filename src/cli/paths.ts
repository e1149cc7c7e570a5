import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The model that the repository ships. */
export const defaultModelDir = join(root, 'models', 'transactions');
