import type { Telling } from '../telling.ts';
import { all, at, type Message, textAt } from './element.ts';
import { type PaymentNames, paymentId } from './payments.ts';

/** What a status report says of one payment. */
export interface IsoStatus {
  path: string;
  transactionId: string;
  status: string | undefined;
  /** Absent where the status is no event of a payment's life. */
  telling: Telling | undefined;
}

/** ISO's external code set of payment transaction statuses, and what each is in the life of a payment. */
const EVENTS: Readonly<Record<string, string>> = {
  ACCC: 'settled',
  ACSC: 'settled',
  ACCP: 'authorized',
  ACFC: 'authorized',
  ACSP: 'authorized',
  ACTC: 'authorized',
  ACWC: 'authorized',
  CANC: 'voided',
  RJCT: 'refused',
};

/** A pacs.002, payment by payment. `received`: RFC 3339, for what has no time of its own. */
export function statusesOf({ body, path }: Message, received: string): IsoStatus[] {
  const group = all(body, 'OrgnlGrpInfAndSts');
  return all(body, 'TxInfAndSts').map((one, index) => {
    const names: PaymentNames = {};
    for (const name of ['OrgnlInstrId', 'OrgnlEndToEndId', 'OrgnlTxId', 'OrgnlUETR'] as const) {
      const text = textAt(one, name);
      if (text !== undefined) names[name] = text;
    }
    const messageId = textAt(one, 'OrgnlGrpInf/OrgnlMsgId') ?? textAt(group[0], 'OrgnlMsgId') ?? '';
    const status = textAt(one, 'TxSts') ?? textAt(group[0], 'GrpSts');
    const type = status === undefined ? undefined : EVENTS[status];
    const code = textAt(at(one, 'StsRsnInf'), 'Rsn/Cd', 'Rsn/Prtry');
    const told = textAt(one, 'AccptncDtTm') ?? textAt(at(body, 'GrpHdr'), 'CreDtTm');
    const transactionId = paymentId(messageId, names);
    const event = { type, at: zoned(told) ?? received, ...(code && type === 'refused' ? { code } : {}) };
    return {
      ...{ path: `${path}/TxInfAndSts[${index + 1}]`, transactionId, status },
      telling: type === undefined ? undefined : { transactionId, kind: 'event', body: event, warnings: [] },
    };
  });
}

/** A time without a zone is taken as UTC, as everywhere. */
const zoned = (time: string | undefined) => (time === undefined || /(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`);
