import type { JournalRecord } from '../journal/journal.ts';
import { read } from './read.ts';
import type { Services } from './services.ts';

/**
 * The first record of a transaction that one of the journal's names leads to: `d` that of an intake's decision, `t` what took the
 * id. A fleet's journal knows names for a time only; then the record is where the store says, that of the decision if there is one.
 */
export async function recordOf(
  services: Services,
  id: string,
  names: readonly ('d' | 't')[] = ['d', 't'],
): Promise<JournalRecord | undefined> {
  const { journal, store } = services;
  for (const name of names) {
    const record = await journal.find(`${name}:${id}`);
    if (record) return record;
  }
  const sequence = await read(services, () => store.transactions.sequence(id));
  return sequence === undefined ? undefined : journal.get(sequence);
}
