import type { Random } from './random.ts';
import { createSampler } from './random.ts';

/** The optional fields of a payment, one bit each. */
export const FIELD = {
  currency: 1,
  category: 2,
  location: 4,
  age: 8,
  merchant: 16,
  card: 32,
  device: 64,
  ip: 128,
  email: 256,
  country: 512,
  coordinates: 1024,
  channel: 2048,
  /** The payer's own offset from UTC; without, the date is sent in UTC. */
  offset: 4096,
  /** What is printed on the card and told by its first digits; instrument, who starts it, and the merchant's trade. */
  face: 8192,
  /** The shop tells what became of its payments. */
  outcome: 16_384,
} as const;

const ALL = 32_767;
const IDS = FIELD.card | FIELD.device;

/**
 * What a client's integration sends, as a bit mask, and how common it is. Fraud passes through the same integrations
 * as everything else, so that a missing field alone means nothing.
 */
export const INTEGRATIONS: readonly { name: string; fields: number; weight: number }[] = [
  { name: 'full', fields: ALL, weight: 34 },
  { name: 'no coordinates', fields: ALL & ~FIELD.coordinates, weight: 18 },
  { name: 'no device', fields: ALL & ~(FIELD.device | FIELD.coordinates), weight: 9 },
  {
    name: 'no contact',
    fields: ALL & ~(FIELD.ip | FIELD.email | FIELD.coordinates | FIELD.location),
    weight: 8,
  },
  { name: 'ids', fields: IDS | FIELD.merchant | FIELD.outcome, weight: 7 },
  { name: 'ids and address', fields: IDS | FIELD.merchant | FIELD.ip | FIELD.currency, weight: 6 },
  {
    name: 'card only',
    fields: FIELD.card | FIELD.merchant | FIELD.currency | FIELD.face | FIELD.outcome,
    weight: 5,
  },
  {
    name: 'order form',
    fields: FIELD.category | FIELD.location | FIELD.age | FIELD.currency | FIELD.offset,
    weight: 8,
  },
  { name: 'bare', fields: 0, weight: 5 },
];

const POINT_OF_SALE =
  FIELD.currency |
  FIELD.category |
  FIELD.merchant |
  FIELD.card |
  FIELD.country |
  FIELD.coordinates |
  FIELD.channel |
  FIELD.offset |
  FIELD.face |
  FIELD.outcome;

const sampleIntegration = createSampler(INTEGRATIONS.map((integration) => integration.weight));

export function drawIntegration(random: Random): number {
  return INTEGRATIONS[sampleIntegration(random)].fields;
}

/** Few fields, of the kind that a first integration sends: ids, and perhaps where and from which address. */
export function drawSparse(random: Random): number {
  let fields: number = IDS;
  if (random.chance(0.6)) fields |= FIELD.merchant;
  if (random.chance(0.4)) fields |= FIELD.ip;
  if (random.chance(0.4)) fields |= FIELD.currency;
  if (random.chance(0.15)) fields |= FIELD.email;
  if (random.chance(0.15)) fields |= FIELD.category;
  if (random.chance(0.4)) fields |= FIELD.offset;
  return fields;
}

/** What is sent for one payment: a terminal knows no browser, and now and then a field is lost. */
export function sentFields(random: Random, integration: number, channel: number): number {
  let fields = integration;
  if (channel === 2) fields &= POINT_OF_SALE;
  if (channel === 3) fields &= ~(FIELD.device | FIELD.ip | FIELD.coordinates);
  if (random.chance(0.03)) fields &= ~(1 << random.int(0, 12));
  return fields;
}
