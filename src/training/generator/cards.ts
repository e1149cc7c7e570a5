import { PLACES } from './places.ts';
import type { World } from './world-state.ts';

/** What a card shows of itself. */
export interface CardFace {
  bin: string;
  last4: string;
  brand: string;
  country: string;
  funding: string;
}

const COUNTRIES = [...new Set(PLACES.map((place) => place.country))];
const COUNTRY_OF_PLACE = PLACES.map((place) => COUNTRIES.indexOf(place.country));
/** Issuers of each country. */
const ISSUERS = 12;
/** Of twelve issuers: brand and funding, about as common as they are. */
const KINDS: readonly [brand: string, funding: string][] = [
  ['visa', 'debit'],
  ['visa', 'credit'],
  ['visa', 'debit'],
  ['visa', 'credit'],
  ['visa', 'prepaid'],
  ['visa', 'debit'],
  ['mastercard', 'debit'],
  ['mastercard', 'credit'],
  ['mastercard', 'credit'],
  ['mastercard', 'debit'],
  ['mastercard', 'prepaid'],
  ['amex', 'credit'],
];
const FIRST_DIGIT: Readonly<Record<string, string>> = { visa: '4', mastercard: '5', amex: '3' };
const CODE_CHARS = 2;

/** A card of an issuer where its holder lives. The id ends in two characters that name the issuer, so that nothing need be kept. */
export function newCard(world: World, place: number): string {
  return cardOf(world, COUNTRY_OF_PLACE[place] * ISSUERS + world.random.int(0, ISSUERS - 1));
}

/** Another card of the same issuer: what an enumeration of its numbers finds. */
export function siblingCard(world: World, card: string): string {
  return cardOf(world, issuerOf(card));
}

function cardOf(world: World, issuer: number): string {
  return world.newId('c_') + issuer.toString(36).padStart(CODE_CHARS, '0');
}

function issuerOf(card: string): number {
  return Number.parseInt(card.slice(-CODE_CHARS), 36);
}

export function faceOf(card: string): CardFace {
  const issuer = issuerOf(card);
  const [brand, funding] = KINDS[issuer % ISSUERS];
  let digits = 0;
  for (let i = 0; i < card.length; i++) digits = (Math.imul(digits, 31) + card.charCodeAt(i)) >>> 0;
  return {
    // Made up: the first digit is the brand's, the rest counts issuers.
    bin: FIRST_DIGIT[brand] + String(10_000 + ((issuer * 7919) % 90_000)),
    last4: String(digits % 10_000).padStart(4, '0'),
    brand,
    country: COUNTRIES[Math.floor(issuer / ISSUERS)],
    funding,
  };
}
