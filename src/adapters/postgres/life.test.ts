import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { withReadyCluster } from '../../../test/support/ready-cluster.ts';
import { lifeContract } from '../../../test/support/store-life.ts';
import { silentLog } from '../../projections/log.ts';
import { type EmbeddedPostgres, startEmbedded } from '../embedded/postgres.ts';

describe('what is told of payments, on the embedded PostgreSQL', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-life-'));
  let server: EmbeddedPostgres;
  before(async () => {
    await withReadyCluster(dataDir);
    server = await startEmbedded({ dataDir, log: silentLog });
  });
  after(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  lifeContract(() => server.url);
});
