/**
 * The naive shape, a process of its own: for each message of transactions.raw one HTTP request to the scoring service, then the
 * answer into another topic. Partitions side by side, the messages of one in order; the offset is committed now and then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer, MessagesStreamModes, Producer } from '@platformatic/kafka';

const { brokers, url, from, to } = JSON.parse(process.env.OPTIONS!);
const client = { clientId: 'naive', bootstrapBrokers: brokers };
const producer = new Producer({ ...client, idempotent: true, acks: -1 });
const consumer = new Consumer({ ...client, groupId: 'naive', autocommit: 250 });
const stream = await consumer.consume({ topics: [from], mode: MessagesStreamModes.EARLIEST, maxWaitTime: 10 });
const chains = new Map<number, Promise<void>>();
let waiting = 0;

async function decide(key: Buffer, value: Buffer): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', body: new Uint8Array(value), headers });
  if (!answer.ok) throw new Error(`the scoring service answers ${answer.status}`);
  const decided = Buffer.from(await answer.arrayBuffer());
  await producer.send({ messages: [{ topic: to, key, value: decided }] });
}

process.stdout.write('ready\n');
for await (const { partition, key, value } of stream) {
  while (waiting >= 256) await sleep(1);
  waiting++;
  const done = (chains.get(partition) ?? Promise.resolve())
    .then(() => decide(key as Buffer, value as Buffer))
    .finally(() => {
      waiting--;
    });
  chains.set(partition, done);
}
