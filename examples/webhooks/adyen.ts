import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AssaySettings, ask, at } from '../assay.ts';

export interface AdyenSettings {
  assay: AssaySettings;
  /** The hexadecimal HMAC key of the webhook. */
  hmacKey: string;
  merchantAccount: string;
}

interface Item {
  additionalData?: Record<string, string>;
  amount: { currency: string; value: number };
  eventCode: string;
  eventDate: string;
  merchantAccountCode: string;
  merchantReference: string;
  originalReference?: string;
  paymentMethod?: string;
  pspReference: string;
  reason?: string;
  success: 'true' | 'false';
}

/** Adyen's standard webhook as what became of a payment. `merchantReference` is the payment's id in Assay. */
export async function adyenWebhook(
  request: Request,
  { assay, hmacKey, merchantAccount }: AdyenSettings,
): Promise<Response> {
  const { notificationItems } = (await request.json()) as {
    notificationItems: { NotificationRequestItem: Item }[];
  };
  const items = notificationItems.map(({ NotificationRequestItem }) => NotificationRequestItem);
  if (!items.every((item) => item.merchantAccountCode === merchantAccount && isSigned(item, hmacKey)))
    return new Response('The signature does not fit.', { status: 401 });
  for (const item of items) {
    const told = toldBy(item);
    if (!told) continue;
    const { status, body } = await ask(assay, 'POST', at(item.merchantReference, told.what), told.body);
    // Not accepted, Adyen comes again: what is recorded by then says nothing new.
    if (status >= 300) return new Response(body?.detail ?? 'Not recorded.', { status: status === 404 ? 503 : status });
  }
  return new Response('[accepted]');
}

/** By these fields in this order, HMAC-SHA256 with the key's bytes, base64 (docs.adyen.com, "Verify HMAC signatures"); each as Adyen writes it. */
function isSigned(item: Item, hmacKey: string): boolean {
  const {
    pspReference,
    originalReference = '',
    merchantAccountCode,
    merchantReference,
    amount,
    eventCode,
    success,
  } = item;
  const others = [pspReference, originalReference, merchantAccountCode, amount.currency, eventCode, success];
  if (!Number.isSafeInteger(amount.value) || others.some((field) => String(field).includes(':'))) return false;
  const text = [
    ...[pspReference, originalReference, merchantAccountCode, merchantReference],
    ...[amount.value, amount.currency, eventCode, success],
  ].join(':');
  const wanted = createHmac('sha256', Buffer.from(hmacKey, 'hex')).update(text).digest();
  const given = Buffer.from(item.additionalData?.hmacSignature ?? '', 'base64');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const DISPUTES: Record<string, string> = {
  ...{ NOTIFICATION_OF_CHARGEBACK: 'open', CHARGEBACK: 'open', CHARGEBACK_REVERSED: 'won' },
  ...{ SECOND_CHARGEBACK: 'lost', PREARBITRATION_WON: 'won', PREARBITRATION_LOST: 'lost' },
};
const EVENTS: Record<string, string> = { CAPTURE: 'settled', CANCELLATION: 'voided', REFUND: 'refunded' };
const SCHEMES: Record<string, string> = { mc: 'mastercard', amex: 'amex', visa: 'visa', sepadirectdebit: 'sepa' };

function toldBy(item: Item): { what: 'disputes' | 'events'; body: Record<string, unknown> } | undefined {
  const { eventCode, additionalData = {}, amount, pspReference, originalReference } = item;
  const when = new Date(item.eventDate).toISOString();
  const sum = { amount: amount.value / 10 ** digitsOf(amount.currency), currency: amount.currency };
  const scheme = SCHEMES[item.paymentMethod ?? ''] ?? item.paymentMethod ?? 'unknown';
  const done = item.success === 'true';
  if (eventCode === 'NOTIFICATION_OF_FRAUD') {
    const reasonCode = additionalData.fraudTypeCode ?? additionalData.chargebackReasonCode ?? 'unknown';
    const body = {
      id: `nof_${pspReference}`,
      kind: 'early_warning',
      scheme,
      reasonCode,
      reportedAt: when,
      status: 'open',
    };
    return { what: 'disputes', body: { ...body, ...sum } };
  }
  const status = DISPUTES[eventCode];
  if (status !== undefined && done) {
    const reasonCode = additionalData.chargebackReasonCode ?? 'unknown';
    // The stages of a dispute name the payment as their original: one dispute of a payment.
    const id = `dispute_${originalReference ?? pspReference}`;
    return { what: 'disputes', body: { id, kind: 'dispute', scheme, reasonCode, reportedAt: when, status, ...sum } };
  }
  if (eventCode === 'AUTHORISATION')
    return {
      what: 'events',
      body: { type: done ? 'authorized' : 'refused', at: when, ...(done || !item.reason ? {} : { code: item.reason }) },
    };
  const type = EVENTS[eventCode];
  // A capture or refund that failed changed nothing.
  return type && done ? { what: 'events', body: { type, at: when, amount: sum.amount } } : undefined;
}

/** Where Adyen's minor units have other than two digits (docs.adyen.com, "Currency codes"). */
const DIGITS: Record<string, number> = {
  ...{ CVE: 0, DJF: 0, GNF: 0, IDR: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0 },
  ...{ XAF: 0, XOF: 0, XPF: 0, BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
};
const digitsOf = (currency: string) => DIGITS[currency] ?? 2;
