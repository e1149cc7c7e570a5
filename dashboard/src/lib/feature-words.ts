import { capital, humanize } from './format.ts';

/** What a feature is about, without a value: the server's words describe one payment, a ranking needs the idea. */
const FIXED: Record<string, string> = {
  amount: 'the amount itself',
  amount_below_round: 'just under a round amount',
  amount_small: 'a very small amount',
  hour: 'the hour of the day',
  weekday: 'the day of the week',
  night: 'made at night',
  account_age_days: 'age of the account',
};

const LENGTHS: Record<string, string> = {
  '10m': '10 minutes',
  '1h': 'an hour',
  '24h': 'a day',
  '7d': '7 days',
  '30d': '30 days',
};
const BY: Record<string, string> = {
  user: 'by the user',
  card: 'with the card',
  device: 'on the device',
  ip: 'from the address',
  merchant: 'at the merchant',
  email: 'from the mail domain',
  mailbox: 'from the mailbox',
  network: 'from the network',
  bin: 'with cards of the same beginning',
  payee: 'to the payee',
};
const NOUN: Record<string, string> = {
  ip: 'address',
  email: 'mail domain',
  location: 'place',
  bin: 'card’s beginning',
};
const noun = (name: string) => NOUN[name] ?? name;

const met = (entity: string, what: string) =>
  `${entity === 'user' ? 'used ' : what === 'merchants' ? 'paid ' : ''}${BY[entity]}`;

type Words = (entity: string, part: string, length: string) => string;

const PATTERNS: [RegExp, Words][] = [
  [/^([a-z]+)_count_(\w+)$/, (e, w) => `payments ${BY[e]} in ${LENGTHS[w]}`],
  [/^([a-z]+)_sum_(\w+)$/, (e, w) => `amount paid ${BY[e]} in ${LENGTHS[w]}`],
  [/^([a-z]+)_frauds_(\w+)$/, (e, w) => `confirmed frauds ${BY[e]} in ${LENGTHS[w]}`],
  [/^([a-z]+)_fraud_share_(\d+[mhd])/, (e, w) => `share of fraud ${BY[e]} in ${LENGTHS[w]}`],
  [
    /^([a-z]+)_(users|cards|devices|merchants)_(\w+)$/,
    (e, what, w) => `different ${what} ${met(e, what)} in ${LENGTHS[w]}`,
  ],
  [/^([a-z]+)_new_([a-z]+)$/, (e, what) => `first time of the ${noun(e)} with this ${noun(what)}`],
  [/^([a-z]+)_since_last$/, (e) => `time since the last payment ${BY[e]}`],
  [/^([a-z]+)_known_days$/, (e) => `how long the ${noun(e)} is known`],
  [/^([a-z]+)_total$/, (e) => `earlier payments ${BY[e]}`],
  [/^([a-z]+)_refused_share_(\d+[mhd])$/, (e, w) => `share refused by issuers ${BY[e]} in ${LENGTHS[w]}`],
  [/^([a-z]+)_refused_(\d+[mhd])$/, (e, w) => `refused by issuers ${BY[e]} in ${LENGTHS[w]}`],
  [/^([a-z]+)_risk$/, (e) => `how common fraud is in the ${noun(e)}`],
  [/^([a-z]+)_amount_/, (e) => `amount against the usual ${BY[e]}`],
  [/^([a-z]+)_far_above/, (e) => `recent payments far above the usual ${BY[e]}`],
  [/^([a-z]+)_speed_kmh$/, (e) => `speed needed since the last payment ${BY[e]}`],
  [/^([a-z]+)_distance_/, (e) => `distance from the ${noun(e)}’s usual places`],
];

/** `device_cards_1h` → "Different cards on the device in an hour". */
export function featureWords(code: string): string {
  return knownWords(code) ?? humanize(code);
}

/** The same; undefined for a feature that only the server knows. */
export function knownWords(code: string): string | undefined {
  if (FIXED[code]) return capital(FIXED[code]);
  for (const [pattern, words] of PATTERNS) {
    const match = pattern.exec(code);
    const text = match && words(match[1], match[2], match[3]);
    if (text && !text.includes('undefined')) return capital(text);
  }
  return undefined;
}
