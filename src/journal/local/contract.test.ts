import { journalContract } from '../../../test/support/journal-contract.ts';
import { openJournal } from './journal.ts';
import { SMALL_SEGMENT, temporary } from './test-support.ts';

journalContract('local log', async (t) => {
  const directory = temporary(t);
  return {
    async open() {
      const journal = await openJournal({ directory, segmentBytes: SMALL_SEGMENT });
      t.after(() => journal.close());
      return journal;
    },
  };
});
