/** An issuer's report that a payment was fraud, or that its money is asked back. */
export const DISPUTE_KINDS = ['early_warning', 'dispute'] as const;
export type DisputeKind = (typeof DISPUTE_KINDS)[number];

/**
 * Reason codes of disputes and fraud reports, and which of them say that the payment was fraud.
 *
 * | table              | source                                                                                    | as of |
 * | ------------------ | ----------------------------------------------------------------------------------------- | ----- |
 * | visa               | Visa Core Rules and Visa Product and Service Rules, chapter 11 (dispute conditions)        | 2025  |
 * | mastercard         | Mastercard Chargeback Guide, with codes withdrawn since 2020 that old files still have    | 2025  |
 * | amex               | American Express Merchant Reference Guide, chargeback reasons                             | 2025  |
 * | sepa               | EPC guidance on reason codes of direct debit R-transactions, and of credit transfer recalls | 2025 |
 * | visa warnings      | fraud types of Visa's TC40 reports, as acquirers publish them                             | 2025  |
 * | mastercard warnings | fraud types of Mastercard's SAFE (Fraud and Loss Database), as acquirers publish them    | 2025  |
 *
 * A code has one of two marks: `fraud`, or `other`.
 */
type Mark = 'fraud' | 'other';
type Codes = Readonly<Record<string, readonly [Mark, string]>>;

const fraud = (words: string) => ['fraud', words] as const;
const other = (words: string) => ['other', words] as const;

const VISA: Codes = {
  '10.1': fraud('EMV liability shift, counterfeit'),
  '10.2': fraud('EMV liability shift, lost or stolen'),
  '10.3': fraud('other fraud, card present'),
  '10.4': fraud('other fraud, card absent'),
  '10.5': fraud('Visa fraud monitoring program'),
  '11.1': other('card recovery bulletin'),
  '11.2': other('declined authorization'),
  '11.3': other('no authorization'),
  '12.1': other('late presentment'),
  '12.2': other('incorrect transaction code'),
  '12.3': other('incorrect currency'),
  '12.4': other('incorrect account number'),
  '12.5': other('incorrect amount'),
  '12.6': other('duplicate, or paid by other means'),
  '12.6.1': other('duplicate processing'),
  '12.6.2': other('paid by other means'),
  '12.7': other('invalid data'),
  '13.1': other('merchandise or services not received'),
  '13.2': other('cancelled recurring transaction'),
  '13.3': other('not as described, or defective'),
  '13.4': other('counterfeit merchandise'),
  '13.5': other('misrepresentation'),
  '13.6': other('credit not processed'),
  '13.7': other('cancelled merchandise or services'),
  '13.8': other('original credit transaction not accepted'),
  '13.9': other('non-receipt of cash or load value'),
};

const MASTERCARD: Codes = {
  '4801': other('requested data not received'),
  '4802': other('requested data illegible'),
  '4807': other('warning bulletin file'),
  '4808': other('authorization-related'),
  '4812': other('account number not on file'),
  '4831': other('transaction amount differs'),
  '4834': other('point-of-interaction error'),
  '4837': fraud('no cardholder authorization'),
  '4840': fraud('fraudulent processing of transactions'),
  '4841': other('cancelled recurring or digital goods'),
  '4842': other('late presentment'),
  '4846': other('correct currency not provided'),
  '4849': fraud('questionable merchant activity'),
  '4850': other('installment billing dispute'),
  '4853': other('cardholder dispute'),
  '4854': other('cardholder dispute, not elsewhere classified'),
  '4855': other('goods or services not provided'),
  '4859': other('addendum, no-show or ATM dispute'),
  '4860': other('credit not processed'),
  '4863': fraud('cardholder does not recognize, potential fraud'),
  '4870': fraud('chip liability shift'),
  '4871': fraud('chip and PIN liability shift, lost or stolen'),
  '4999': other('domestic chargeback dispute'),
};

const AMEX: Codes = {
  A01: other('charge exceeds authorization'),
  A02: other('no valid authorization'),
  A08: other('authorization approval expired'),
  C02: other('credit not processed'),
  C04: other('goods returned or refused'),
  C05: other('goods or services cancelled'),
  C08: other('goods or services not received'),
  C14: other('paid by other means'),
  C18: other('no-show, or card deposit cancelled'),
  C28: other('cancelled recurring billing'),
  C31: other('not as described'),
  C32: other('damaged or defective'),
  F10: fraud('missing imprint'),
  F14: fraud('missing signature'),
  F24: fraud('no card member authorization'),
  F29: fraud('card not present'),
  F30: fraud('EMV counterfeit'),
  F31: fraud('EMV lost, stolen or not received'),
  FR2: fraud('fraud full recourse program'),
  FR4: fraud('immediate chargeback program'),
  FR6: fraud('partial immediate chargeback program'),
  M01: other('chargeback authorization'),
  M10: other('vehicle rental, capital damages'),
  M49: other('vehicle rental, theft or loss of use'),
  P01: other('unassigned card number'),
  P03: other('credit processed as charge'),
  P04: other('charge processed as credit'),
  P05: other('incorrect charge amount'),
  P07: other('late submission'),
  P08: other('duplicate charge'),
  P22: other('non-matching card number'),
  P23: other('currency discrepancy'),
  R03: other('insufficient reply'),
  R13: other('no reply'),
};

const SEPA: Codes = {
  AC01: other('account identifier incorrect'),
  AC03: other('wrong creditor account'),
  AC04: other('account closed'),
  AC06: other('account blocked'),
  AC13: other('debtor account is a consumer account'),
  AG01: other('transaction forbidden on this account'),
  AG02: other('operation code incorrect'),
  AM04: other('insufficient funds'),
  AM05: other('duplicate collection'),
  AM09: other('wrong amount'),
  BE05: other('creditor identifier incorrect'),
  CNOR: other('creditor bank not registered'),
  CUST: other('recall by the payer'),
  DNOR: other('debtor bank not registered'),
  DUPL: other('duplicate payment'),
  ED05: other('settlement failed'),
  FF01: other('invalid file format'),
  FF05: other('direct debit type incorrect'),
  FOCR: other('return after a recall'),
  FRAD: fraud('fraudulent origin'),
  MD01: fraud('no mandate, or not authorized by the debtor'),
  MD02: other('mandate data missing or incorrect'),
  MD06: other('refund requested by the debtor, without a reason'),
  MD07: other('debtor deceased'),
  MS02: other('refusal by the debtor'),
  MS03: other('reason not specified'),
  RC01: other('bank identifier incorrect'),
  RR01: other('debtor account or identification missing'),
  RR02: other('debtor name or address missing'),
  RR03: other('creditor name or address missing'),
  RR04: other('regulatory reason'),
  SL01: other('specific service of the debtor bank'),
  TECH: other('technical problem'),
  UPAY: other('undue payment'),
};

const VISA_WARNINGS: Codes = {
  '0': fraud('lost card'),
  '1': fraud('stolen card'),
  '2': fraud('card not received as issued'),
  '3': fraud('fraudulent application'),
  '4': fraud('issuer-reported counterfeit'),
  '5': fraud('miscellaneous, or account takeover'),
  '6': fraud('fraudulent use of the account number'),
  '9': fraud('acquirer-reported counterfeit'),
  A: fraud('incorrect processing'),
  B: fraud('account or credentials takeover'),
  C: fraud('merchant misrepresentation'),
  D: fraud('manipulation of the account holder'),
};

const MASTERCARD_WARNINGS: Codes = {
  '00': fraud('lost card'),
  '01': fraud('stolen card'),
  '02': fraud('card never received'),
  '03': fraud('fraudulent application'),
  '04': fraud('counterfeit card'),
  '05': fraud('account takeover'),
  '06': fraud('card not present'),
  '07': fraud('multiple imprint'),
  '51': fraud('bust-out, collusive merchant'),
  '54': fraud('first-party fraud'),
  '55': fraud('modification of a payment order'),
  '56': fraud('manipulation of the cardholder'),
};

/** By scheme: codes of disputes, and those of fraud reports beside them. */
export const REASON_CODES: Readonly<Record<string, Readonly<Record<DisputeKind, Codes>>>> = {
  visa: { dispute: VISA, early_warning: VISA_WARNINGS },
  mastercard: { dispute: MASTERCARD, early_warning: MASTERCARD_WARNINGS },
  amex: { dispute: AMEX, early_warning: {} },
  sepa: { dispute: SEPA, early_warning: {} },
};

/** What a code means, in words; undefined where the tables do not know it. */
export function reasonOf(scheme: string, kind: DisputeKind, code: string): readonly [Mark, string] | undefined {
  const tables = Object.hasOwn(REASON_CODES, scheme) ? REASON_CODES[scheme] : undefined;
  if (!tables) return undefined;
  const written = code.trim().toUpperCase();
  // A fraud report may carry the code of the dispute that it announces.
  const found = find(tables[kind], written) ?? (kind === 'early_warning' ? find(tables.dispute, written) : undefined);
  if (found) return found;
  // Mastercard's are also written by their last two digits, Visa's without the dot.
  if (scheme === 'mastercard' && /^\d\d$/.test(written)) return find(tables.dispute, `48${written}`);
  if (scheme === 'visa' && /^1\d{2,3}$/.test(written))
    return find(tables.dispute, [written.slice(0, 2), ...written.slice(2)].join('.'));
  return undefined;
}

function find(codes: Codes, code: string): readonly [Mark, string] | undefined {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

/** Only codes that the tables mark so. */
export function isFraudReason(scheme: string, kind: DisputeKind, code: string): boolean {
  return reasonOf(scheme, kind, code)?.[0] === 'fraud';
}

/** Whether some scheme knows the code. */
export const isKnownCode = (code: string) => marksOf(code).some((mark) => mark !== undefined);

/** Whether some scheme knows the code and none marks it as fraud; for a code that comes without its scheme. */
export function isNoFraudCode(code: string): boolean {
  const marks = marksOf(code);
  return marks.includes('other') && !marks.includes('fraud');
}

const marksOf = (code: string) =>
  Object.keys(REASON_CODES).flatMap((scheme) => DISPUTE_KINDS.map((kind) => reasonOf(scheme, kind, code)?.[0]));
