import { hash } from 'node:crypto';
import { writeCursor } from '../../src/domain/cursor.ts';
import type { QueryStore } from '../../src/projections/store.ts';
import { entityId, MODELS, type Shape, SIZES } from './fill.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Query {
  name: string;
  /** One call with parameters of its own. */
  run(random: () => number): Promise<unknown>;
  /** One of many that go alike: its plans are not written down. */
  isAlike?: true;
}

export function anyTransactionId(random: () => number, { rows }: Shape): string {
  return `tx_${hash('md5', String(1 + Math.floor(random() * rows)))}`;
}

/** Every list and stats query of the store, in the variants that the API allows. */
export function queries({ transactions, users, cases, audit }: QueryStore, shape: Shape): Query[] {
  const start = shape.end - shape.days * DAY;
  const pick = <T>(random: () => number, values: readonly T[]): T => values[Math.floor(random() * values.length)];
  const page = { limit: 50 };
  const cursorAt = (ms: number) => writeCursor(Math.floor(ms), 9);
  const anyTime = (random: () => number) => start + random() * (shape.end - start);
  const anyId = (random: () => number) => anyTransactionId(random, shape);
  const heavy = (random: () => number) => `u${Math.floor(random() * 10)}`;
  const light = (random: () => number) => `u${1_000 + Math.floor(random() * (SIZES.user - 1_000))}`;
  const list = (name: string, filter: (random: () => number) => Parameters<typeof transactions.list>[0]): Query => ({
    name: `transactions ${name}`,
    run: (random) => transactions.list(filter(random), page),
  });
  const stats = (name: string, windowMs: number): Query => ({
    name: `stats of ${name}`,
    run: (random) => {
      const to = Math.min(shape.end, start + windowMs + random() * (shape.end - start - windowMs));
      return transactions.stats(Math.floor(to - windowMs), Math.floor(to));
    },
  });
  const span = (random: () => number, days: number) => {
    const from = start + random() * (shape.end - start - days * DAY);
    return { from, to: from + days * DAY };
  };
  return [
    { name: 'transaction by id', run: (random) => transactions.get(anyId(random)) },
    list('newest', () => ({})),
    {
      name: 'transactions, any page, 200',
      run: (random) => transactions.list({}, { limit: 200, cursor: cursorAt(anyTime(random)) }),
    },
    list('of a user with 100,000', (random) => ({ userId: heavy(random) })),
    list('of a user with few', (random) => ({ userId: light(random) })),
    list('of a user with 100,000, declined and overridden', (random) => ({
      ...{ userId: heavy(random), decision: 'decline', status: 'finalized' },
    })),
    list('of a user with 100,000, failed', (random) => ({ userId: heavy(random), status: 'failed' })),
    list('of a user with 100,000, from a score', (random) => ({ userId: heavy(random), minScore: 100 * random() })),
    list('of a user with 100,000, alerts', (random) => ({ userId: heavy(random), alerts: true })),
    list('by decision', (random) => ({ decision: pick(random, ['approve', 'review', 'decline'] as const) })),
    list('by status', (random) => ({
      status: pick(random, ['processing', 'pending', 'finalized', 'failed'] as const),
    })),
    list('by decision and status', (random) => ({
      decision: pick(random, ['approve', 'review', 'decline'] as const),
      status: pick(random, ['processing', 'pending', 'finalized', 'failed'] as const),
    })),
    list('from a score', (random) => ({ minScore: 100 * random() })),
    list('by decision from a score', (random) => ({
      decision: pick(random, ['approve', 'review', 'decline'] as const),
      minScore: 100 * random(),
    })),
    list('by status from a score', (random) => ({
      status: pick(random, ['pending', 'finalized', 'failed'] as const),
      minScore: 100 * random(),
    })),
    list('of some days', (random) => span(random, 1 + 6 * random())),
    list('of some days, all filters', (random) => ({
      ...span(random, 1 + 6 * random()),
      ...{ decision: 'review', status: 'pending', minScore: 30 + 60 * random() },
    })),
    // What is common fills a page at once; of what is rare as many rows are looked at as may be.
    list('of a currency that is common', () => ({ currency: 'USD' })),
    list('of a currency that nobody pays in', () => ({ currency: 'CHF' })),
    list('of a channel that nobody has', () => ({ channel: 'fax' })),
    list('of an amount that nobody pays', () => ({ minAmount: 1e9 })),
    list('presumed, of some days', (random) => ({ ...span(random, 3), labelState: 'presumed' })),
    list('labelled fraud', () => ({ label: 'fraud' })),
    list('by reason', () => ({ decision: 'decline', reason: 'user_count_1h' })),
    list('of a merchant, by model and country', (random) => ({
      ...{ entities: [{ type: 'merchant', id: entityId('merchant', 0) }], country: 'FR', model: pick(random, MODELS) },
    })),
    list('of the commonest merchant, in a currency that nobody pays in', () => ({
      ...{ entities: [{ type: 'merchant', id: entityId('merchant', 0) }], currency: 'CHF' },
    })),
    { name: 'transactions counted, declined', run: () => transactions.count({ decision: 'decline' }) },
    { name: 'transactions counted, of a rare currency', run: () => transactions.count({ currency: 'CHF' }) },
    list('alerts', () => ({ alerts: true })),
    {
      name: 'transactions alerts, any page',
      run: (random) => transactions.list({ alerts: true }, { ...page, cursor: cursorAt(anyTime(random)) }),
    },
    ...(['card', 'device', 'ip', 'merchant', 'email'] as const).map(
      (type): Query => ({
        name: `entity: ${type}`,
        run: (random) => transactions.entity(type, entityId(type, Math.floor(SIZES[type] * random() ** 3)), 50),
      }),
    ),
    { name: 'entity: user with 100,000', run: (random) => transactions.entity('user', heavy(random), 50) },
    stats('10 minutes', HOUR / 6),
    stats('30 minutes', HOUR / 2),
    stats('1 hour', HOUR),
    stats('6 hours', 6 * HOUR),
    stats('24 hours', DAY),
    stats('5 days', 5 * DAY),
    stats('7 days', 7 * DAY),
    stats('30 days', 30 * DAY),
    stats('90 days', Math.min(90, shape.days) * DAY),
    { name: 'stats of all there is', run: (random) => transactions.stats(0, 4e15 + random()) },
    {
      name: 'scores of a model over 30 days',
      run: (random) =>
        transactions.scores(pick(random, MODELS), ...(Object.values(span(random, 30)) as [number, number])),
    },
    { name: 'users newest', run: () => users.list({}, page) },
    {
      name: 'users by a name',
      run: (random) => users.list({ q: pick(random, ['ann', 'Dmitri', 'grace', 'ugo ']) }, page),
    },
    {
      name: 'users by part of an address',
      run: (random) =>
        users.list(
          {
            q: Math.floor(random() * 2 ** 24)
              .toString(16)
              .padStart(6, '0'),
          },
          page,
        ),
    },
    { name: 'users by one letter', run: (random) => users.list({ q: pick(random, ['a', 'z', '_', '@']) }, page) },
    { name: 'cases by risk', run: () => cases.list({}, 'risk', page) },
    { name: 'cases open by risk', run: () => cases.list({ status: 'open' }, 'risk', page) },
    {
      name: 'cases of an assignee, by risk or newest',
      run: (random) =>
        cases.list(
          { status: 'open', assignee: `analyst_${Math.floor(8 * random())}` },
          pick(random, ['risk', 'newest'] as const),
          page,
        ),
    },
    { name: 'cases of an unknown assignee', run: () => cases.list({ assignee: 'nobody' }, 'newest', page) },
    {
      name: 'cases unassigned from a score',
      run: (random) => cases.list({ assigned: false, minScore: 100 * random() }, 'newest', page),
    },
    {
      name: 'cases of an entity',
      run: (random) =>
        cases.list(
          { entity: { type: 'card', id: entityId('card', Math.floor(SIZES.card * random() ** 3)) } },
          'risk',
          page,
        ),
    },
    {
      name: 'case stats of 24 hours',
      run: (random) => cases.stats(...(Object.values(span(random, 1)) as [number, number])),
    },
    {
      name: 'case stats of 90 days',
      run: (random) => cases.stats(start + random() * HOUR, shape.end),
    },
    {
      name: 'case in full',
      run: async (random) => {
        const { data } = await cases.list({}, 'newest', { limit: 1, cursor: cursorAt(anyTime(random)) });
        if (data[0]) await Promise.all([cases.get(data[0].id), cases.transactions(data[0].id, page)]);
      },
    },
    { name: 'audit newest', run: () => audit.list({}, page) },
    { name: 'audit by whom', run: (random) => audit.list({ by: pick(random, ['key_ann', 'key_nobody']) }, page) },
    {
      name: 'audit by type',
      run: (random) => audit.list({ type: pick(random, ['label', 'finalize', 'case.assign', 'delete']) }, page),
    },
    {
      name: 'audit by whom and type',
      run: (random) => audit.list({ by: 'key_checkout', type: pick(random, ['label', 'finalize', 'delete']) }, page),
    },
    { name: 'audit of some days', run: (random) => audit.list(span(random, 3), page) },
    {
      name: 'audit of a transaction',
      run: (random) => audit.list({ transactionId: anyId(random) }, page),
    },
  ];
}
