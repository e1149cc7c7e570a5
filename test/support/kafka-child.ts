/** Appends decisions one after the other, and says which are durable, until it is killed. */
import { openKafkaJournal } from '../../src/adapters/kafka/journal.ts';
import { decision } from './journal-contract.ts';

const journal = await openKafkaJournal(JSON.parse(process.env.OPTIONS!));
for (let i = 1; ; i++) {
  const entry = decision(i);
  await journal.enqueue(entry).durable;
  process.stdout.write(`${entry.key}\n`);
}
