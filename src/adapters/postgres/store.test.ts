import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { withReadyCluster } from '../../../test/support/ready-cluster.ts';
import { storeContract } from '../../../test/support/store-contract.ts';
import { silentLog } from '../../projections/log.ts';
import { type EmbeddedPostgres, startEmbedded } from '../embedded/postgres.ts';

/** Histories that each property is tried with; more by `npm run test:long`. */
const RUNS = Number(process.env.STORE_RUNS ?? 4);

describe('the query store on the embedded PostgreSQL', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-store-'));
  let server: EmbeddedPostgres;
  before(async () => {
    await withReadyCluster(dataDir);
    server = await startEmbedded({ dataDir, log: silentLog });
  });
  after(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  storeContract(() => server.url, RUNS);
});
