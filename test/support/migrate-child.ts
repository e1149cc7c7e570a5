/** Opens the store as a server does, applies what it can of a history, and ends. `node migrate-child.ts URL NAMESPACE` */
import { openStore } from '../../src/adapters/postgres/store.ts';
import { silentLog } from '../../src/projections/log.ts';
import { decision, ENTITY_TYPES, sequenced } from './records.ts';

const [url, namespace] = process.argv.slice(2);
const store = await openStore({ url, namespace, clock: Date.now, entityTypes: ENTITY_TYPES, log: silentLog });
const records = sequenced(Array.from({ length: 40 }, (_, index) => decision({ id: `p${index}` })));
while ((await store.applied()) < records.length) await store.apply(records);
console.log(JSON.stringify({ count: (await store.transactions.stats(0, 4e12)).count }));
await store.close();
