import type { Layout } from './layout.ts';
import type { Pool } from './pool.ts';
import type { MutableProfile } from './profile.ts';
import type { Truths } from './truths.ts';

/** What the snapshot reads and fills. */
export interface ProfileStore {
  entityTypes: readonly string[];
  layouts: readonly Layout[];
  shards: Map<number, MutableProfile>[][];
  truths: Truths;
  pool: Pool;
}
