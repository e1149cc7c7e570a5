import type { TransactionInput } from '../../api/types.ts';

export type Preset = 'ordinary' | 'cardTesting' | 'takeover' | 'stuffing' | 'bots' | 'cashOut';

export const PRESETS: Record<Preset, { name: string; story: string }> = {
  ordinary: {
    name: 'Ordinary',
    story: 'A customer of two years, who pays like this every few days, buys groceries at home.',
  },
  cardTesting: {
    name: 'Card testing',
    story: 'One device tries eight stolen cards within minutes; the form holds the ninth.',
  },
  takeover: {
    name: 'Account takeover',
    story: 'After weeks of ordinary payments at home, the account spends much from a new device far away.',
  },
  stuffing: {
    name: 'Many logins',
    story: 'One device logs in as eight people within minutes; the form holds the ninth login.',
  },
  bots: {
    name: 'Bots that register',
    story: 'Eight accounts are registered from one device and address; the form holds the ninth.',
  },
  cashOut: {
    name: 'Cash-out',
    story: 'After weeks of ordinary payments, an account is paid out from a new device to a payee never seen.',
  },
};

const AWAY = {
  ...{ customerLocation: 'Jakarta', country: 'ID', latitude: -6.21, longitude: 106.85, ip: '203.0.113.77' },
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * What is sent before, so that the story has a past, and what the form then holds. `tag` keeps each telling apart; the
 * past is dated before `nowMs`.
 */
export function tell(
  preset: Preset,
  tag: string,
  nowMs: number,
): { before: TransactionInput[]; form: TransactionInput } {
  const dated = (body: TransactionInput, agoMs: number): TransactionInput => ({
    ...body,
    transactionDate: new Date(nowMs - agoMs).toISOString(),
  });
  const home = {
    userId: `demo_${tag}`,
    currency: 'USD',
    customerLocation: 'New York',
    country: 'US',
    latitude: 40.71,
    longitude: -74.0,
    accountAgeDays: 730,
    cardId: `card_${tag}`,
    deviceId: `dev_${tag}`,
    ip: '198.51.100.24',
    email: `demo.${tag}@example.org`,
    channel: 'web',
    merchantId: 'm_grocer',
    productCategory: 'Groceries',
  };
  const habit = [38.2, 51.9, 12.4, 44, 27.35, 60.1, 33, 41.75].map((amount, i) =>
    dated({ ...home, amount }, (8 - i) * 3 * DAY_MS),
  );
  if (preset === 'ordinary') return { before: habit, form: { ...home, amount: 42.5 } };
  if (preset === 'takeover') {
    const form = {
      ...home,
      amount: 1849,
      productCategory: 'Electronics',
      merchantId: 'm_gadgets',
      ...AWAY,
      deviceId: `dev_${tag}x`,
    };
    return { before: habit, form };
  }
  if (preset === 'cashOut') {
    const { merchantId: _, productCategory: __, cardId: ___, ...self } = home;
    const form = {
      ...self,
      ...AWAY,
      type: 'payout' as const,
      amount: 2400,
      payeeId: `acct_${tag}`,
      deviceId: `dev_${tag}x`,
    };
    return { before: habit, form: { ...form, instrument: 'credit_transfer', remote: true } };
  }
  if (preset === 'stuffing' || preset === 'bots') {
    const one = (n: number): TransactionInput => ({
      ...{ type: preset === 'bots' ? ('registration' as const) : ('login' as const), userId: `demo_${tag}_${n}` },
      ...{ email: `x${tag}${n}@mail.test`, deviceId: `dev_${tag}t`, ip: '203.0.113.50', channel: 'web' },
      ...{ customerLocation: 'Lagos', country: 'NG', latitude: 6.52, longitude: 3.38 },
      ...(preset === 'bots' ? { accountAgeDays: 0, cardId: `card_${tag}_${n}` } : { accountAgeDays: 400 }),
    });
    return { before: Array.from({ length: 8 }, (_, n) => dated(one(n), (8 - n) * MINUTE_MS)), form: one(8) };
  }
  const probe = (n: number): TransactionInput => ({
    ...home,
    userId: `demo_${tag}_${n}`,
    cardId: `card_${tag}_${n}`,
    email: `x${tag}${n}@mail.test`,
    accountAgeDays: 0,
    amount: 1 + n / 100,
    productCategory: 'Digital',
    merchantId: 'm_downloads',
    customerLocation: 'Lagos',
    country: 'NG',
    latitude: 6.52,
    longitude: 3.38,
    deviceId: `dev_${tag}t`,
    ip: '203.0.113.50',
  });
  return { before: Array.from({ length: 8 }, (_, n) => dated(probe(n), (8 - n) * MINUTE_MS)), form: probe(8) };
}
