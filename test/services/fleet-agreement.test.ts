/** What many processes must agree on: the lives of payments, and the policy. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { call } from '../support/app.ts';
import { type Fleet, startFleet, withoutFleet } from '../support/fleet.ts';
import { policyContract } from '../support/fleet-policy-contract.ts';
import { decideAll, sampleLives, tellAll, tellByKafka, verifyProfiles, verifyReads } from '../support/life-fleet.ts';
import { decideByMerchant, read } from '../support/life-http.ts';
import { oracle } from '../support/life-oracle.ts';
import { until } from '../support/load.ts';
import { type ServerProcess, startServer } from '../support/process.ts';

const COUNT = Number(process.env.ASSAY_FLEET_LIVES ?? 45);
const MATURITY_DAYS = 5;
const lives = sampleLives(COUNT);
const skip = await withoutFleet();
let fleet: Fleet;
before(async () => {
  if (skip) return;
  fleet = await startFleet({ servers: 2, workers: 1, env: { LABEL_MATURITY_DAYS: String(MATURITY_DAYS) } });
});
after(() => fleet?.stop());

test('lives told through two servers by turns and by Kafka, repeated and late: reads, statistics and profiles are those of one process', {
  skip,
}, async (t) => {
  await decideByMerchant(fleet.servers[0].url);
  const { version } = (await call(fleet.servers[0].url, 'GET', '/api/policy')).body;
  for (const { url } of [...fleet.servers, ...fleet.workers])
    await until('the rules are in force everywhere', async () => {
      const { body } = await call(new URL(url).origin, 'GET', '/health');
      return body.policy.version >= version;
    });
  await decideAll(fleet, lives);
  await tellAll(fleet, lives);
  await tellByKafka(fleet, lives);
  await verifyReads(
    fleet.servers.map(({ url }) => url),
    lives,
    MATURITY_DAYS,
  );
  const { compared } = await verifyProfiles(fleet, lives);
  t.diagnostic(`${compared} profiles of ${COUNT} payments compared`);
});

test('what nobody reviewed expires once, whichever of two servers comes first; a third that begins anew counts the same', {
  skip,
}, async () => {
  const client = new pg.Client({ connectionString: fleet.env.DATABASE_URL });
  await client.connect();
  await client.query('CREATE DATABASE anew');
  await client.end();
  const env = { ...fleet.env, REVIEW_EXPIRES: '1s' };
  const anew = Object.assign(new URL(fleet.env.DATABASE_URL), { pathname: '/anew' }).href;
  const expired = lives.map(({ payment, tellings }) => ({
    payment,
    tellings: [...tellings, { what: 'review' as const, action: 'cancel' as const }],
  }));
  const more: ServerProcess[] = [];
  try {
    for (const each of [env, { ...env, DATABASE_URL: anew }])
      more.push(await startServer(`${fleet.folder}/expiring-${more.length}`, each));
    const urls = [...fleet.servers, ...more].map(({ url }) => url);
    for (const { payment, tellings } of expired)
      for (const url of urls)
        await until(`${payment.id} expired, or stands`, async () => {
          const expected = oracle(payment, tellings, 0, MATURITY_DAYS);
          return (await read(url, payment))?.review === expected?.review;
        });
    await verifyReads(urls, expired, MATURITY_DAYS);
  } finally {
    for (const server of more) await server.stop();
  }
  const { expired: recorded } = await verifyProfiles(fleet, expired);
  assert.ok(recorded.length > 0);
  assert.equal(new Set(recorded).size, recorded.length, 'each is recorded once');
});

policyContract(() => fleet, skip);
