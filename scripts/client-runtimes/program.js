import { createClient, verifyWebhook } from './client/index.js';

/** The same on every runtime: payments over a network that breaks, a page of a list, an event of the feed, a delivery of a webhook. */
export async function tryOut({ faulty, url, key, user, count, delivery }) {
  const assay = createClient({ url: faulty, key, timeoutMs: 1_000, retries: 30 });
  const direct = createClient({ url, key });
  let next = 0;
  const lane = async () => {
    while (next < count) await assay.call('POST /api/transactions', { body: { userId: user, amount: ++next } });
  };
  await Promise.all(Array.from({ length: 6 }, lane));
  const amounts = [];
  for await (const { amount } of direct.all('GET /api/transactions', { query: { userId: user, limit: 7 } }))
    amounts.push(amount);
  let event;
  for await (event of direct.feed({ since: 0 })) break;
  const { type } = await verifyWebhook(delivery);
  return { amounts: amounts.sort((a, b) => a - b), event: event.type, webhook: type };
}
