/** A process for kill.test.ts: appends to a journal from several sides and prints each sequence once it is durable. */
import { writeSync } from 'node:fs';
import { openJournal } from './journal.ts';
import { noise } from './test-support.ts';

const directory = process.argv[2];
const journal = await openJournal({ directory, segmentBytes: 256 * 1024 });
let next = journal.last + 1;

async function client(): Promise<void> {
  for (;;) {
    const id = next++;
    const { record, durable } = journal.enqueue({
      type: 'decision',
      at: id,
      key: `t:${id}`,
      data: { id, filler: noise(id, (id * 7919) % 2000) },
      personal: { email: `person${id}@example.com` },
    });
    await durable;
    writeSync(1, `${record.sequence}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, client));
