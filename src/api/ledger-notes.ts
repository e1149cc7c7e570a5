import type { SchemeEstimated } from '../domain/ledgers/schemes.ts';
import type { Share, TraEstimated } from '../domain/ledgers/tra.ts';

/** What is estimated or left out of a ledger, in words; nothing is said of what is not there. */
export function traNotes(estimated: TraEstimated, maturityDays: number): string[] {
  const { unlabelled, assumedExecuted, assumedRemote, payersOwn } = estimated;
  const { withoutRate, otherInstruments, unknownInstrument } = estimated;
  return [
    'The rate that the law means is that of a payment service provider over all of its payments; what one merchant sees of it is an indication.',
    ...share(
      unlabelled,
      `counted as no fraud, though they are younger than ${maturityDays} days or a dispute of another reason stands: the rate may still rise`,
    ),
    ...share(assumedExecuted, 'counted as executed because they were approved; nobody told what became of them'),
    ...share(assumedRemote, 'counted as remote, though nobody said that they are'),
    ...share(payersOwn, 'fraud of the payer’s own by the reason given, and therefore no fraud of this ledger'),
    ...left(withoutRate, 'no rate into euros'),
    ...left(otherInstruments, 'paid with neither card nor credit transfer'),
    ...left(unknownInstrument, 'nobody said what they were paid with'),
  ];
}

export function schemeNotes({ assumedRemote, unknownBrand }: SchemeEstimated): string[] {
  return [
    'Schemes count by their own records; these are what Assay was told. What a scheme leaves out, such as disputes settled before they were raised, is counted here if it was told.',
    'Only payments of which an event says that they were settled count as settled; a dispute counts in the month of its first report, whatever it comes to.',
    ...(assumedRemote > 0
      ? [`${assumedRemote} settled payments count as remote, though nobody said that they are.`]
      : []),
    ...(unknownBrand > 0 ? [`${unknownBrand} settled card payments are left out: their brand is not known.`] : []),
  ];
}

function share({ payments, value }: Share, says: string): string[] {
  return payments === 0 ? [] : [`${payments} payments, ${value.toFixed(2)} EUR: ${says}.`];
}

function left(count: number, why: string): string[] {
  return count === 0 ? [] : [`${count} payments are left out: ${why}.`];
}
