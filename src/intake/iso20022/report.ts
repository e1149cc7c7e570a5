import { cut } from '../text.ts';
import type { PaymentNames } from './payments.ts';

/** What a payment status report says of a decision. */
export interface TransactionStatus extends PaymentNames {
  OrgnlMsgId?: string;
  OrgnlMsgNmId?: string;
  TxSts: 'ACCP' | 'PDNG' | 'RJCT';
  StsRsnInf?: { Rsn: { Prtry: string }; AddtlInf?: string[] }[];
}

/** ISO's codes: the check of the customer's profile was successful, it waits, it is rejected. */
const STATUS = { approve: 'ACCP', review: 'PDNG', decline: 'RJCT' } as const;
const REASON = { review: 'FRAUD_REVIEW', decline: 'FRAUD_SUSPECTED' } as const;
const MAX_LINE_CHARS = 105;

/** Of a decision, in the words of pacs.002. `reasons`: in words, the strongest first. */
export function statusOf(
  decision: 'approve' | 'review' | 'decline',
  reasons: readonly string[],
  of: { messageId: string; message: string; names: PaymentNames },
): TransactionStatus {
  const lines = reasons.map((reason) => cut(reason, MAX_LINE_CHARS));
  const why =
    decision === 'approve' ? [] : [{ Rsn: { Prtry: REASON[decision] }, ...(lines.length ? { AddtlInf: lines } : {}) }];
  return {
    OrgnlMsgId: of.messageId,
    OrgnlMsgNmId: of.message,
    ...of.names,
    TxSts: STATUS[decision],
    ...(why.length > 0 ? { StsRsnInf: why } : {}),
  };
}

/** As a pacs.002.001.12. `id`: at most 35 characters; `at`: RFC 3339. */
export function statusReport(statuses: readonly TransactionStatus[], id: string, at: string): string {
  const [{ OrgnlMsgId, OrgnlMsgNmId }] = statuses;
  const transactions = statuses.map(({ OrgnlMsgId: _, OrgnlMsgNmId: __, TxSts, StsRsnInf = [], ...names }) =>
    tag('TxInfAndSts', [
      ...(['OrgnlInstrId', 'OrgnlEndToEndId', 'OrgnlTxId', 'OrgnlUETR'] as const).map((name) =>
        leaf(name, names[name]),
      ),
      leaf('TxSts', TxSts),
      ...StsRsnInf.map(({ Rsn, AddtlInf = [] }) =>
        tag('StsRsnInf', [tag('Rsn', [leaf('Prtry', Rsn.Prtry)]), ...AddtlInf.map((line) => leaf('AddtlInf', line))]),
      ),
    ]),
  );
  const body = tag('FIToFIPmtStsRpt', [
    tag('GrpHdr', [leaf('MsgId', id), leaf('CreDtTm', at)]),
    tag('OrgnlGrpInfAndSts', [leaf('OrgnlMsgId', OrgnlMsgId), leaf('OrgnlMsgNmId', OrgnlMsgNmId)]),
    ...transactions,
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.12">${body}</Document>\n`;
}

const tag = (name: string, parts: string[]) => `<${name}>${parts.join('')}</${name}>`;
const leaf = (name: string, text: string | undefined) => (text === undefined ? '' : tag(name, [escaped(text)]));

/** Characters that XML 1.0 does not have are left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
