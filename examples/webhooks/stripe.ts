import Stripe from 'stripe';
import { type AssaySettings, ask, at } from '../assay.ts';

export interface StripeSettings {
  assay: AssaySettings;
  /** `whsec_…` of the endpoint. */
  secret: string;
}

/**
 * Stripe's events as what became of a payment. The payment's id in Assay is that of its PaymentIntent: make that first, then ask Assay,
 * then confirm it. Stripe repeats what is not answered by 2xx, in any order; disputes have Stripe's ids and events their time, so a repetition says
 * nothing new.
 */
export async function stripeWebhook(request: Request, { assay, secret }: StripeSettings): Promise<Response> {
  let event: Stripe.Event;
  try {
    event = await Stripe.webhooks.constructEventAsync(
      await request.text(),
      request.headers.get('stripe-signature') ?? '',
      secret,
    );
  } catch {
    return new Response('The signature does not fit.', { status: 400 });
  }
  const told = toldBy(event);
  if (!told) return new Response('Not of interest.');
  const { status, body } = await ask(assay, 'POST', at(told.payment, told.what), told.body);
  if (status < 300) return new Response('Recorded.');
  // A payment that Assay does not know yet, or Assay away: Stripe comes again.
  return new Response(body?.detail ?? 'Not recorded.', { status: status === 404 ? 503 : status });
}

interface Told {
  payment: string;
  what: 'disputes' | 'events';
  body: Record<string, unknown>;
}

function toldBy(event: Stripe.Event): Told | undefined {
  const when = new Date(event.created * 1_000).toISOString();
  switch (event.type) {
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed': {
      const { id, payment_intent, amount, currency, network_reason_code, reason, status, payment_method_details } =
        event.data.object;
      const scheme = payment_method_details?.card?.brand ?? 'unknown';
      return of(payment_intent, 'disputes', {
        ...{ id, kind: 'dispute', scheme, reasonCode: network_reason_code ?? reason, reportedAt: when },
        ...{ amount: major(amount, currency), currency: currency.toUpperCase(), status: STATUS[status] ?? 'open' },
      });
    }
    case 'radar.early_fraud_warning.created':
    case 'radar.early_fraud_warning.updated': {
      const { id, payment_intent, fraud_type } = event.data.object;
      // Stripe tells the kind of fraud in words and not the scheme; these are Visa's codes for the same words.
      const reasonCode = TC40[fraud_type] ?? '6';
      const body = { id, kind: 'early_warning', scheme: 'visa', reasonCode, reportedAt: when, status: 'open' };
      return of(payment_intent, 'disputes', body);
    }
    case 'payment_intent.succeeded': {
      const { id, amount_received, currency } = event.data.object;
      return of(id, 'events', { type: 'settled', at: when, amount: major(amount_received, currency) });
    }
    case 'payment_intent.payment_failed': {
      const { id, last_payment_error: error } = event.data.object;
      return of(id, 'events', { type: 'refused', at: when, ...(error?.code ? { code: error.code } : {}) });
    }
    case 'payment_intent.canceled':
      return of(event.data.object.id, 'events', { type: 'voided', at: when });
    case 'refund.created': {
      const { payment_intent, amount, currency, created } = event.data.object;
      const at = new Date(created * 1_000).toISOString();
      return of(payment_intent, 'events', { type: 'refunded', at, amount: major(amount, currency) });
    }
  }
  return undefined;
}

function of(payment: string | { id: string } | null | undefined, what: Told['what'], body: Told['body']) {
  const id = typeof payment === 'string' ? payment : payment?.id;
  return id === undefined ? undefined : { payment: id, what, body };
}

const STATUS: Record<string, string> = {
  ...{ warning_needs_response: 'open', warning_under_review: 'open', needs_response: 'open', under_review: 'open' },
  ...{ won: 'won', prevented: 'won', lost: 'lost', warning_closed: 'reversed' },
};

const TC40: Record<string, string> = {
  made_with_lost_card: '0',
  made_with_stolen_card: '1',
  card_never_received: '2',
  fraudulent_card_application: '3',
  made_with_counterfeit_card: '4',
  misc: '5',
  unauthorized_use_of_card: '6',
};

/** Currencies of Stripe's that have no smaller unit, and those with three digits of it (docs.stripe.com/currencies). */
const ZERO = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

/** Exact to the digit: division of whole numbers by powers of ten is rounded once. */
const major = (amount: number, currency: string) =>
  amount / (ZERO.has(currency) ? 1 : THREE.has(currency) ? 1_000 : 100);
