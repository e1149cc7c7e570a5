import { ofOneProcess, profilesContract } from '../../test/support/profiles-contract.ts';
import { createProfiles } from './memory.ts';

profilesContract('memory', {
  runs: 150,
  async open(_, options) {
    return ofOneProcess(createProfiles(options));
  },
});
