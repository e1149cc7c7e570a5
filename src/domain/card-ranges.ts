/**
 * Ranges of issuer numbers and the lengths of the card numbers issued in them: ISO/IEC 7812, as collected in Wikipedia's "Payment
 * card number" and in Braintree's credit-card-type 10.3.0, as of November 2026. Narrower where they name whole leading digits
 * (Maestro's "6"), for a tenth of all numbers there pass Luhn. Left out: what is no longer issued, and the airlines' UATP (1).
 *
 *   [scheme, lengths, first digits as `4`, `51-55`, …]
 */
export const CARD_RANGES: readonly [scheme: string, lengths: readonly number[], prefixes: string][] = [
  ['Visa', [13, 16, 18, 19], '4'],
  ['Mastercard', [16], '51-55 2221-2720'],
  ['American Express', [15], '34 37'],
  ['Diners Club', [14, 15, 16, 17, 18, 19], '300-305 3095 36 38-39'],
  ['JCB', [15], '1800 2131'],
  ['JCB', [16, 17, 18, 19], '3528-3589'],
  ['Discover', [16, 17, 18, 19], '6011 644-649 65 622126-622925'],
  ['UnionPay', [14, 15, 16, 17, 18, 19], '62 810-817'],
  ['Maestro', [13, 14, 15, 16, 17, 18, 19], '50 56-58 6304 6390 67'],
  ['RuPay', [16], '60 81-82 353 356 508'],
  ['Mir', [16, 17, 18, 19], '2200-2204'],
  ['Borica', [16], '2205'],
  ['InterPayment', [16, 17, 18, 19], '636'],
  ['InstaPayment', [16], '637-639'],
  ['Elo', [16], '627780 636297 636368'],
  ['Hiper', [16], '637095 637568 637599 637609 637612'],
  ['Verve', [16, 18, 19], '506099-506198 507865-507964 650002-650027'],
  ['Troy', [16], '9792'],
  ['Napas', [16, 19], '9704'],
  ['Humo', [16], '9860'],
  ['Uzcard', [16], '8600'],
  ['GPN', [16, 18, 19], '1946'],
];
