import assert from 'node:assert/strict';
import { profilesContract } from '../support/profiles-contract.ts';
import { openedProfiles, redisServer } from '../support/redis.ts';

const redis = await redisServer();

profilesContract(
  'Redis',
  {
    runs: 60,
    async open(t, options) {
      const { insert, repeat, fetch } = await openedProfiles(t, redis, options);
      return {
        ...{ insert, repeat },
        async fetch(entities) {
          const { profiles, degraded } = await fetch(entities);
          assert.equal(degraded, false);
          return profiles;
        },
      };
    },
  },
  redis.skip,
);
