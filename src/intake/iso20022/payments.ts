import { cut } from '../text.ts';
import { all, at, type Element, header, type Message, textAt } from './element.ts';

/** A payment of a message as `POST /api/transactions` takes it, and what the sender calls it: docs/iso20022.md has the table. */
export interface IsoPayment {
  /** Of its element. */
  path: string;
  messageId: string;
  body: Record<string, unknown>;
  names: PaymentNames;
  warnings: string[];
}

/** By which a status report finds a payment. */
export interface PaymentNames {
  OrgnlInstrId?: string;
  OrgnlEndToEndId?: string;
  OrgnlTxId?: string;
  OrgnlUETR?: string;
}

/** Schemas let any text pass. */
const EMAIL = /^[^\s\p{Cc}@]+@[^\s\p{Cc}@]+$/u;
const MAX_EMAIL_CHARS = 320;
const MAX_PLACE_CHARS = 255;
const MAX_REMITTANCE_CHARS = 2_000;

export function paymentsOf(message: Message): IsoPayment[] {
  if (message.body.name === 'FIToFICstmrCdtTrf') {
    const group = header(message);
    return all(message.body, 'CdtTrfTxInf').map((one, index) =>
      ofInterbank(one, group, message, `${message.path}/CdtTrfTxInf[${index + 1}]`),
    );
  }
  if (message.body.name === 'CstmrCdtTrfInitn')
    return all(message.body, 'PmtInf').flatMap((part, i) =>
      all(part, 'CdtTrfTxInf').map((one, j) =>
        ofCustomer(one, part, message, `${message.path}/PmtInf[${i + 1}]/CdtTrfTxInf[${j + 1}]`),
      ),
    );
  return [];
}

/** pacs.008: between banks. What the debtor ordered counts where it is told, else what the banks settle. */
function ofInterbank(one: Element, group: Element | undefined, message: Message, path: string): IsoPayment {
  return payment(message, path, {
    one,
    ordered: at(one, 'InstdAmt') ?? at(one, 'IntrBkSttlmAmt'),
    settled: at(one, 'IntrBkSttlmAmt'),
    time: textAt(one, 'AccptncDtTm', 'AddtlDtTm/AccptncDtTm') ?? textAt(group, 'CreDtTm'),
    day: textAt(one, 'IntrBkSttlmDt') ?? textAt(group, 'IntrBkSttlmDt'),
    debtor: at(one, 'Dbtr'),
    debtorAccount: at(one, 'DbtrAcct'),
    debtorAgent: at(one, 'DbtrAgt'),
  });
}

/** pain.001: a customer's order to the bank. */
function ofCustomer(one: Element, part: Element, message: Message, path: string): IsoPayment {
  return payment(message, path, {
    one,
    ordered: at(one, 'Amt/InstdAmt') ?? at(one, 'Amt/EqvtAmt/Amt'),
    time: textAt(header(message), 'CreDtTm'),
    day: textAt(part, 'ReqdExctnDt/Dt', 'ReqdExctnDt/DtTm', 'ReqdExctnDt'),
    debtor: at(part, 'Dbtr'),
    debtorAccount: at(part, 'DbtrAcct'),
    debtorAgent: at(part, 'DbtrAgt'),
  });
}

interface Parts {
  one: Element;
  ordered: Element | undefined;
  settled?: Element | undefined;
  time: string | undefined;
  day: string | undefined;
  debtor: Element | undefined;
  debtorAccount: Element | undefined;
  debtorAgent: Element | undefined;
}

function payment(message: Message, path: string, parts: Parts): IsoPayment {
  const { one, ordered, settled, debtor } = parts;
  const warnings = [...message.warnings];
  const messageId = textAt(header(message), 'MsgId')!;
  const names: PaymentNames = defined({
    OrgnlInstrId: textAt(one, 'PmtId/InstrId'),
    OrgnlEndToEndId: textAt(one, 'PmtId/EndToEndId'),
    OrgnlTxId: textAt(one, 'PmtId/TxId'),
    OrgnlUETR: textAt(one, 'PmtId/UETR'),
  });
  if (names.OrgnlUETR === undefined)
    warnings.push('The payment has no UETR: its id is made of its message’s and its own.');
  const from = account(parts.debtorAccount);
  const to = account(at(one, 'CdtrAcct'));
  const payer = party(debtor) ?? from ?? textAt(debtor, 'Nm');
  if (party(debtor) === undefined)
    warnings.push(`The debtor has no identification: the user is known by the ${from ? 'account' : 'name'}.`);
  const mail = textAt(debtor, 'CtctDtls/EmailAdr');
  const isMail = mail !== undefined && mail.length <= MAX_EMAIL_CHARS && EMAIL.test(mail);
  if (mail !== undefined && !isMail) warnings.push('CtctDtls/EmailAdr is no e-mail address: it is left out.');
  const address = at(debtor, 'PstlAdr');
  const where = place(address);
  if (where.length > MAX_PLACE_CHARS) warnings.push(`Of the debtor’s address ${MAX_PLACE_CHARS} characters are kept.`);
  const remittance = all(at(one, 'RmtInf'), 'Ustrd').map(({ text }) => text);
  const said = cut(remittance.join(' '), MAX_REMITTANCE_CHARS);
  if (said.length < remittance.join(' ').length)
    warnings.push(`Of the remittance information ${MAX_REMITTANCE_CHARS} characters are kept.`);
  const metadata = defined({
    message: message.name,
    messageId,
    instructionId: names.OrgnlInstrId,
    endToEndId: names.OrgnlEndToEndId,
    transactionId: names.OrgnlTxId,
    settledAmount: settled && settled !== ordered ? `${settled.attributes.Ccy} ${settled.text.trim()}` : undefined,
    settlementDate: parts.day,
    chargeBearer: textAt(one, 'ChrgBr'),
    purpose: textAt(one, 'Purp/Cd', 'Purp/Prtry'),
    categoryPurpose: textAt(one, 'PmtTpInf/CtgyPurp/Cd', 'PmtTpInf/CtgyPurp/Prtry'),
    debtorName: textAt(debtor, 'Nm'),
    debtorAgent: agent(parts.debtorAgent),
    creditorName: textAt(one, 'Cdtr/Nm'),
    creditorCountry: textAt(one, 'Cdtr/PstlAdr/Ctry', 'Cdtr/CtryOfRes'),
    creditorAgent: agent(at(one, 'CdtrAgt')),
    ultimateDebtor: textAt(one, 'UltmtDbtr/Nm'),
    ultimateCreditor: textAt(one, 'UltmtCdtr/Nm'),
    remittance: said || undefined,
  });
  const body = defined({
    id: paymentId(messageId, names),
    userId: payer,
    type: 'payment',
    amount: ordered && Number(ordered.text),
    currency: ordered?.attributes.Ccy,
    transactionDate: parts.time,
    cardId: from,
    payeeId: to ?? party(at(one, 'Cdtr')) ?? textAt(one, 'Cdtr/Nm'),
    merchantId: textAt(
      one,
      'Cdtr/Id/OrgId/LEI',
      'Cdtr/Id/OrgId/AnyBIC',
      'Cdtr/Id/OrgId/BICOrBEI',
      'Cdtr/Id/OrgId/Othr/Id',
    ),
    instrument: 'credit_transfer',
    country: textAt(address, 'Ctry') ?? textAt(debtor, 'CtryOfRes'),
    customerLocation: cut(where, MAX_PLACE_CHARS) || undefined,
    email: isMail ? mail : undefined,
    metadata,
  });
  return { path, messageId, body, names, warnings };
}

/** A UETR is one payment's for ever; without one, what the sender calls it within the message. */
export function paymentId(messageId: string, names: PaymentNames): string {
  return names.OrgnlUETR ?? `${messageId}/${names.OrgnlTxId ?? names.OrgnlInstrId ?? names.OrgnlEndToEndId ?? ''}`;
}

const party = (element: Element | undefined) =>
  textAt(element, ...['Id/OrgId/LEI', 'Id/OrgId/AnyBIC', 'Id/OrgId/BICOrBEI', 'Id/OrgId/Othr/Id', 'Id/PrvtId/Othr/Id']);

const account = (element: Element | undefined) => textAt(element, 'Id/IBAN', 'Id/Othr/Id', 'Prxy/Id');

const agent = (element: Element | undefined) =>
  textAt(
    element,
    ...[
      'FinInstnId/BICFI',
      'FinInstnId/BIC',
      'FinInstnId/LEI',
      'FinInstnId/ClrSysMmbId/MmbId',
      'FinInstnId/Othr/Id',
      'FinInstnId/Nm',
    ],
  );

/** An address in words: structured, or as lines. */
function place(address: Element | undefined): string {
  const words = ['StrtNm', 'BldgNb', 'PstCd', 'TwnNm', 'CtrySubDvsn'].map((name) => textAt(address, name));
  const lines = all(address, 'AdrLine').map(({ text }) => text.trim());
  return [...words, ...lines].filter(Boolean).join(', ');
}

function defined<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
