import { entityTypesWith } from '../../src/domain/entity.ts';
import type { QueryStore, TransactionFilter } from '../../src/projections/store.ts';
import { entityId, MODELS, RULES, type Shape, SIZES } from './fill.ts';
import { anyTransactionId, type Query } from './queries.ts';

const DAY = 86_400_000;
const HUB = 50;
const ENTITIES = ['user', 'card', 'device', 'ip', 'network', 'mailbox', 'email', 'merchant'] as const;
/** What strangers rarely share: how the page of an entity shows its links. */
const PERSONAL = ['user', 'card', 'device', 'mailbox', 'payee'];

type Drawn = (typeof ENTITIES)[number];
const SIZE: Record<Drawn, number> = { ...SIZES, network: Math.ceil(SIZES.ip / 256), mailbox: SIZES.user };

/** What people ask of the desk: searches of every kind, every filter of the list of payments and each two of them, entities, links. */
export function deskQueries({ transactions, search, links }: QueryStore, shape: Shape): Query[] {
  const start = shape.end - shape.days * DAY;
  const pick = <T>(random: () => number, values: readonly T[]): T => values[Math.floor(random() * values.length)];
  /** One that few have or that many have, as payments draw them. */
  const one = (type: Drawn, random: () => number) => entityId(type, Math.floor(SIZE[type] * random() ** 2));
  const named = (name: string, text: (random: () => number) => string): Query => ({
    name: `search: ${name}`,
    run: (random) => search(text(random), 20),
  });
  const half = (text: string) => text.slice(0, Math.ceil(text.length / 2));
  const filters: Record<string, (random: () => number) => TransactionFilter> = {
    user: (random) => ({ userId: one('user', random) }),
    'user with very many': (random) => ({ userId: entityId('user', Math.floor(random() * 10)) }),
    decision: (random) => ({ decision: pick(random, ['approve', 'review', 'decline'] as const) }),
    status: (random) => ({ status: pick(random, ['processing', 'pending', 'finalized', 'failed'] as const) }),
    days: (random) => {
      const from = start + random() * (shape.end - start - 7 * DAY);
      return { from, to: from + 7 * DAY * random() };
    },
    score: (random) => ({ minScore: 100 * random() }),
    rule: (random) => ({ rule: pick(random, RULES) }),
    card: (random) => ({ entities: [{ type: 'card', id: one('card', random) }] }),
    merchant: (random) => ({
      entities: [{ type: 'merchant', id: entityId('merchant', Math.floor(SIZES.merchant * random() ** 3)) }],
    }),
    'e-mail domain': (random) => ({ entities: [{ type: 'email', id: one('email', random) }] }),
    network: (random) => ({ entities: [{ type: 'network', id: one('network', random) }] }),
    label: (random) => ({ label: pick(random, ['fraud', 'legitimate', 'none'] as const) }),
    'state of label': (random) => ({
      labelState: pick(random, [
        'fraud',
        'legitimate',
        'blocked',
        'disputed',
        'presumed',
        'immature',
      ] as const) as never,
    }),
    currency: (random) => ({ currency: pick(random, ['USD', 'GBP', 'JPY', 'CHF']) }),
    model: (random) => ({ model: pick(random, MODELS) }),
    reason: (random) => ({ reason: `code_${Math.floor(29 * random())}` }),
    country: (random) => ({ country: `C${Math.floor(32 * random())}` }),
    channel: (random) => ({ channel: pick(random, ['web', 'phone', 'fax']) }),
    type: (random) => ({ type: pick(random, ['payment', 'payout']) }),
    event: (random) => ({ event: pick(random, ['refunded', 'voided']) }),
    amounts: (random) => ({ minAmount: 10 ** (5 * random()) }),
    alerts: () => ({ alerts: true }),
    held: () => ({ held: true }),
  };
  const names = Object.keys(filters);
  const list = (name: string, filterOf: (random: () => number) => TransactionFilter): Query => ({
    name,
    run: (random) => transactions.list(filterOf(random), { limit: 50 }),
  });
  const both = (a: TransactionFilter, b: TransactionFilter): TransactionFilter => {
    const entities = [...(a.entities ?? []), ...(b.entities ?? [])];
    return { ...a, ...b, ...(entities.length > 0 ? { entities } : {}) };
  };
  const isSame = (a: string, b: string) => a.startsWith('user') && b.startsWith('user');
  const pairs = names.flatMap((a, i) => names.slice(i + 1).flatMap((b) => (isSame(a, b) ? [] : [[a, b]])));
  return [
    named('card', (random) => one('card', random)),
    named('half a card', (random) => half(one('card', random))),
    named('device', (random) => one('device', random)),
    named('e-mail address', (random) => one('mailbox', random)),
    named('half an e-mail address', (random) => half(one('mailbox', random))),
    named('e-mail domain', (random) => one('email', random)),
    named('address', (random) => one('ip', random)),
    named('half an address', (random) => half(one('ip', random))),
    named('network', (random) => one('network', random)),
    named('merchant', (random) => one('merchant', random)),
    named('user', (random) => one('user', random)),
    named('user, by name', (random) => pick(random, ['ann', 'Dmitri', 'grace', 'ugo ', 'Chloe 1'])),
    named('payment', (random) => anyTransactionId(random, shape)),
    named('half a payment', (random) => half(anyTransactionId(random, shape))),
    named('amount', (random) => (Math.floor(300 + 9_000 * random()) / 100).toFixed(2)),
    named('amount in a currency', (random) => `${Math.floor(3 + 90 * random())} ${pick(random, ['EUR', 'GBP'])}`),
    named('note', (random) => `word${Math.floor(3_000 * random() ** 2)}`),
    named('two words of a note', (random) => `word${Math.floor(60 * random())} word${Math.floor(60 * random())}`),
    named('case', (random) => `case_${Math.floor(random() * shape.rows)}`),
    named('half a case', (random) => half(`case_${Math.floor(random() * shape.rows)}`)),
    named('one letter', (random) => pick(random, ['a', 'c', 'd', 'u', 't', '1', '@'])),
    named('nothing that there is', (random) => `${random().toString(36).slice(2)}~`),
    ...names.map((name) => list(`payments by ${name}`, filters[name])),
    ...pairs.map(
      ([a, b]): Query => ({
        ...list(`payments by ${a} and ${b}`, (random) => both(filters[a](random), filters[b](random))),
        isAlike: true,
      }),
    ),
    ...ENTITIES.map(
      (type): Query => ({
        name: `page of an entity: ${type}`,
        run: (random) => transactions.entity(type, one(type, random), 100),
      }),
    ),
    {
      name: 'page of an entity: user with very many',
      run: (random) => transactions.entity('user', entityId('user', Math.floor(random() * 10)), 100),
    },
    {
      name: 'page of an entity: merchant with very many',
      run: (random) => transactions.entity('merchant', entityId('merchant', Math.floor(random() * 10)), 100),
    },
    ...[PERSONAL, entityTypesWith()].flatMap((types) =>
      [1, 2, 3, 4].flatMap((depth) =>
        (['user', 'card', 'device', 'merchant'] as const).map(
          (type): Query => ({
            name: `links of a ${type}, ${depth} ${depth === 1 ? 'step' : 'steps'}, ${types === PERSONAL ? 'by what strangers rarely share' : 'by all'}`,
            run: (random) => links({ type, id: one(type, random), depth, hub: HUB, types }),
            ...(depth === 2 ? {} : { isAlike: true }),
          }),
        ),
      ),
    ),
  ];
}
