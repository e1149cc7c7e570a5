import { CARD_TESTING } from '../domain/ledgers/limits.ts';
import type { SchemeEstimated, SchemePart } from '../domain/ledgers/schemes.ts';
import type { Share, TraEstimated, TraPart } from '../domain/ledgers/tra.ts';

/** A note, and the part of the ledger whose payments it is about. */
type Note<P> = [text: string, part: P | null];

/** As answers have it: the texts, and beside each what its figure opens to. */
export function notesOf<P>(notes: readonly Note<P>[]): { notes: string[]; opens: (P | null)[] } {
  return { notes: notes.map(([text]) => text), opens: notes.map(([, part]) => part) };
}

/** What is estimated or left out of a ledger, in words; nothing is said of what is not there. */
export function traNotes(estimated: TraEstimated, maturityDays: number): Note<TraPart>[] {
  const { unlabelled, assumedExecuted, assumedRemote, payersOwn } = estimated;
  const { withoutRate, otherInstruments, unknownInstrument } = estimated;
  return [
    [
      'The rate that the law means is that of a payment service provider over all of its payments; what one merchant sees of it is an indication.',
      null,
    ],
    ...share(
      'unlabelled',
      unlabelled,
      `counted as no fraud, though they are younger than ${maturityDays} days or a dispute of another reason stands: the rate may still rise`,
    ),
    ...share(
      'assumedExecuted',
      assumedExecuted,
      'counted as executed because they were approved; nobody told what became of them',
    ),
    ...share('assumedRemote', assumedRemote, 'counted as remote, though nobody said that they are'),
    ...share(
      'payersOwn',
      payersOwn,
      'fraud of the payer’s own by the reason given, and therefore no fraud of this ledger',
    ),
    ...left('withoutRate', withoutRate, 'no rate into euros'),
    ...left('otherInstruments', otherInstruments, 'paid with neither card nor credit transfer'),
    ...left('unknownInstrument', unknownInstrument, 'nobody said what they were paid with'),
  ];
}

export function schemeNotes(estimated: SchemeEstimated): Note<SchemePart>[] {
  const { assumedRemote, unknownBrand, assumedAuthorized, untold } = estimated;
  return [
    [
      'Schemes count by their own records; these are what Assay was told. What a scheme leaves out, such as disputes settled before they were raised, is counted here if it was told.',
      null,
    ],
    [
      'Only payments of which an event says that they were settled count as settled; a dispute counts in the month of its first report, whatever it comes to.',
      null,
    ],
    ...said('assumedRemote', assumedRemote, 'settled payments count as remote, though nobody said that they are.'),
    ...said('unknownBrand', unknownBrand, 'settled card payments are left out: their brand is not known.'),
    ...(assumedAuthorized === undefined || untold === undefined ? [] : testingNotes(assumedAuthorized, untold)),
  ];
}

function testingNotes(assumedAuthorized: number, untold: number): Note<SchemePart>[] {
  const { cards, failed } = CARD_TESTING;
  return [
    [
      `Enumerated authorizations are Assay’s estimate: ${cards} cards or more within an hour from one device or address, and ${100 * failed}% of these attempts or more refused or stopped. Visa counts by a score of its own, which is not known here; what hides behind many devices and addresses, or whose refusals nobody told, is not seen. What Assay stopped went to no issuer and is no authorization.`,
      null,
    ],
    ...said(
      'assumedAuthorized',
      assumedAuthorized,
      `${assumedAuthorized === 1 ? 'payment counts as an authorization' : 'payments count as authorizations'} because of the approval; nobody told what the issuer answered.`,
    ),
    ...said(
      'untold',
      untold,
      `${untold === 1 ? 'payment counts as an authorization' : 'payments count as authorizations'} and never as enumerated: nobody says which card it was, or from which device or address.`,
    ),
  ];
}

function share<const P>(part: P, { payments, value }: Share, says: string): Note<P>[] {
  return payments === 0 ? [] : [[`${of(payments)}, ${value.toFixed(2)} EUR: ${says}.`, part]];
}

const of = (payments: number) => `${payments} ${payments === 1 ? 'payment' : 'payments'}`;

const left = <const P>(part: P, count: number, why: string): Note<P>[] =>
  count === 0 ? [] : [[`${of(count)} left out: ${why}.`, part]];

function said<const P>(part: P, count: number, says: string): Note<P>[] {
  return count === 0 ? [] : [[`${count} ${says}`, part]];
}
