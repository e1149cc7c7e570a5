import type { ListType, RuleContent } from '../domain/policy.ts';
import { DISPOSABLE_DOMAINS } from './disposable-domains.ts';

/** A rule to begin with: off until somebody chooses it, with what it is for and where its threshold comes from. */
export interface PackRule {
  id: string;
  content: RuleContent;
  /** What it catches and whom it may hurt, in words for an analyst. */
  words: string;
  /** The public source of its kind and its threshold; `ours` where the number is a guess of ours to begin from. */
  source: string;
}

/** A list that rules of the pack ask. */
export interface PackList {
  name: string;
  type: ListType;
  description: string;
  values: readonly string[];
}

export const PACK_LISTS: readonly PackList[] = [
  { name: 'blocked_cards', type: 'card', description: 'Cards that are never accepted', values: [] },
  { name: 'blocked_devices', type: 'device', description: 'Devices that are never accepted', values: [] },
  { name: 'blocked_addresses', type: 'ip', description: 'Addresses and blocks that are looked at', values: [] },
  { name: 'trusted_users', type: 'user', description: 'Customers who are not asked again', values: [] },
  {
    name: 'disposable_domains',
    type: 'emailDomain',
    description: 'Domains of addresses that are thrown away',
    values: DISPOSABLE_DOMAINS,
  },
];

const RADAR = 'Stripe, Radar for Fraud Teams: Rules 101 (stripe.com/guides/radar-rules-101)';
const ENUMERATION = 'Visa, Anti-Enumeration and Account Testing Best Practices for Merchants';
const CARDING = 'OWASP Automated Threats: OAT-001 Carding, OAT-010 Card Cracking';
const EXCESSIVE = 'Mastercard, Transaction Processing Excellence: 10 declines of a card within 24 hours are excessive';
const OURS = 'the threshold is ours';

type Given = Pick<RuleContent, 'name' | 'when' | 'outcome' | 'reason'> & Partial<RuleContent>;

function rule(id: string, given: Given, words: string, source: string): PackRule {
  return {
    ...{ id, words, source },
    content: {
      ...{ mode: 'off', priority: 0, rollout: null, suppress: null, hard: false, actions: [] },
      ...{ validFrom: null, validTo: null, tags: ['pack'] },
      ...given,
    },
  };
}

export const PACK: readonly PackRule[] = [
  rule(
    'pack-card-refused',
    {
      name: 'One card, refused again and again',
      when: 'count("card", "24h", "refused") >= 10',
      outcome: 'decline',
      reason: 'this card was refused ten times within a day',
    },
    'A script that guesses expiry dates or security codes of one card. Needs the refusals told as events. An honest card whose issuer has a bad day may reach it.',
    EXCESSIVE,
  ),
  rule(
    'pack-card-testing-device',
    {
      name: 'Card testing on one device',
      when: 'distinct("device", "card", "1h") >= 3 && tx.amountBase < 20',
      outcome: 'decline',
      reason: 'many cards on this device within an hour, for small amounts',
      suppress: { entity: 'device', seconds: 86_400 },
    },
    'Stolen cards are tried with small amounts. Families and shop counters share devices: look at it in shadow first.',
    `${CARDING}; ${ENUMERATION}; ${OURS}`,
  ),
  rule(
    'pack-card-testing-address',
    {
      name: 'Card testing from one address',
      when: 'distinct("ip", "card", "1h") >= 5 && tx.amountBase < 20',
      outcome: 'review',
      reason: 'many cards from this address within an hour, for small amounts',
      suppress: { entity: 'ip', seconds: 86_400 },
    },
    'As on a device, where no device is known. Offices and mobile networks put many customers behind one address.',
    `${CARDING}; ${ENUMERATION}; ${OURS}`,
  ),
  rule(
    'pack-card-testing-bin',
    {
      name: 'Card testing within one BIN',
      when: 'count("bin", "10m", "refused") >= 10 && tx.amountBase < 20',
      outcome: 'review',
      reason: 'many refusals of cards of one issuer within minutes',
    },
    'Numbers made up from an issuer’s range, each from another device. An outage of the issuer looks the same.',
    `${ENUMERATION}; ${OURS}`,
  ),
  rule(
    'pack-cards-on-device',
    {
      name: 'Many cards on one device',
      when: 'distinct("device", "card", "24h") >= 4',
      outcome: 'review',
      reason: 'many cards on this device within a day',
      suppress: { entity: 'device', seconds: 86_400 },
    },
    'One person with many cards that are not theirs, whatever the amount.',
    `${RADAR}: cards by address and customer; ${OURS}`,
  ),
  rule(
    'pack-users-on-device',
    {
      name: 'Many users on one device',
      when: 'distinct("device", "user", "24h") >= 4',
      outcome: 'review',
      reason: 'many users on this device within a day',
      suppress: { entity: 'device', seconds: 86_400 },
    },
    'Accounts that were made or taken over by the dozen. Shared and public devices reach it too.',
    `OWASP Automated Threats: OAT-019 Account Creation; ${OURS}`,
  ),
  rule(
    'pack-new-account-high',
    {
      name: 'New account, high amount',
      when: 'tx.accountAgeDays <= 1 && tx.amountBase >= 500',
      outcome: 'review',
      reason: 'a new account with a high amount',
    },
    'Accounts that exist for one purchase. Every new customer of an expensive shop reaches it: set the amount to what is high there.',
    `${RADAR}: first purchases of high value; ${OURS}`,
  ),
  rule(
    'pack-impossible-travel',
    {
      name: 'Impossible travel',
      when: 'features.user_speed_kmh > 1000 && km("user") > 100',
      outcome: 'review',
      reason: 'farther from the last payment than anyone travels in that time',
    },
    'Faster than an airliner cruises (about 900 km/h). Private networks and wrong places of addresses reach it.',
    `a cruising airliner’s speed; ${OURS} (100 km: places of addresses are no more exact)`,
  ),
  rule(
    'pack-first-far-away',
    {
      name: 'First payment on this card, far away',
      when: 'isFirst("user", "card") && features.user_distance_from_usual_km > 500 && tx.amountBase >= 100',
      outcome: 'review',
      reason: 'a new card, far from where this user pays',
    },
    'An account that was taken over and pays with another’s card. Travellers with a new card reach it.',
    OURS,
  ),
  rule(
    'pack-amount-velocity',
    {
      name: 'Much spent within an hour',
      when: 'sum("card", "1h") >= 1000 && count("card", "1h") >= 3 && sum("card", "1h") > 3 * mean("card", "30d") * count("card", "1h")',
      outcome: 'review',
      reason: 'much more spent with this card within an hour than is usual',
    },
    'A card that is emptied before it is blocked. Large purchases in several parts reach it.',
    `${ENUMERATION}: velocity of amounts; ${OURS}`,
  ),
  rule(
    'pack-disposable-email',
    {
      name: 'Address that is thrown away',
      when: 'inList("disposable_domains", tx.email) && tx.accountAgeDays <= 7',
      outcome: 'review',
      reason: 'an e-mail address of a service for throwing away, on a new account',
    },
    'Accounts that nobody means to keep. Some customers guard their address this way.',
    `${RADAR}: disposable e-mail addresses; ${OURS} (7 days)`,
  ),
  rule(
    'pack-blocked',
    {
      name: 'On a list of the blocked',
      when: 'inList("blocked_cards", tx.cardId) || inList("blocked_devices", tx.deviceId)',
      outcome: 'decline',
      reason: 'its card or device is blocked',
      hard: true,
    },
    'Cards and devices of which it is known. Nothing overrules it.',
    'your own list',
  ),
  rule(
    'pack-watched-address',
    {
      name: 'From an address that is watched',
      when: 'inList("blocked_addresses", tx.ip)',
      outcome: 'review',
      reason: 'its address is on a list',
    },
    'Addresses and blocks that fraud came from. Addresses change hands: give entries an end.',
    'your own list',
  ),
  rule(
    'pack-near-cash',
    {
      name: 'As good as cash, for a new account',
      when: '(inMccGroup("quasi_cash", tx.mcc) || inMccGroup("money_transfer", tx.mcc) || inMccGroup("gambling", tx.mcc)) && tx.accountAgeDays <= 7',
      outcome: 'review',
      reason: 'money that is hard to get back, and a new account',
    },
    'Stolen cards that become money at once: chips, vouchers, crypto assets, transfers. Needs mcc; of one shop alone it says nothing.',
    `${OURS}; groups by ISO 18245`,
  ),
  rule(
    'pack-trusted',
    {
      name: 'Trusted customers',
      when: 'inList("trusted_users", tx.userId) && tx.amountBase < 200 && frauds("user", "30d") == 0',
      outcome: 'approve',
      priority: 1,
      reason: 'a customer who is trusted, and a usual amount',
    },
    'Overrules the model (priority 1), so only up to an amount and while nothing is known against them. A hard decline still wins.',
    OURS,
  ),
];
