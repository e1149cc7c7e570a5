import { journalContract } from '../../../test/support/journal-contract.ts';
import { openJournal } from './journal.ts';
import { SMALL_SEGMENT, temporary } from './test-support.ts';

for (const version of [1, 2] as const)
  journalContract(`local log, version ${version}`, async (t) => {
    const directory = temporary(t);
    return {
      version,
      async open() {
        const journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT, format: version });
        t.after(() => journal.close());
        return journal;
      },
    };
  });
