/** Works on transactions.raw and says what is done, until it is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openRawTopic } from '../../src/adapters/kafka/raw.ts';

const raw = await openRawTopic(JSON.parse(process.env.OPTIONS!));
raw.consume({
  async handle({ value }) {
    await sleep(1);
    process.stdout.write(`${value}\n`);
  },
});
