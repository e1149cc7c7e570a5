import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import Stripe from 'stripe';
import { shop } from '../examples/checkout/express.ts';
import { POST } from '../examples/checkout/next/app/api/checkout/route.ts';
import { adyenWebhook } from '../examples/webhooks/adyen.ts';
import { shopifyWebhook } from '../examples/webhooks/shopify.ts';
import { stripeWebhook } from '../examples/webhooks/stripe.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { byAmount } from './support/serving.ts';

let app: TestApp;
before(async () => {
  app = await startApp({}, { serving: byAmount });
});
after(() => app?.stop());

const shown = async (id: string) => (await call(app.url, 'GET', `/api/transactions/${encodeURIComponent(id)}`)).body;
const pay = async (id: string, amount = 20, currency = 'USD') => {
  const { status } = await call(app.url, 'POST', '/api/transactions', { id, userId: 'u', amount, currency });
  assert.equal(status, 201);
};

describe('a checkout', () => {
  const charged: string[] = [];
  const charge = async ({ orderId }: { orderId: string }) => void charged.push(orderId);
  let servers: Server[] = [];
  const listening = async (url: string) => {
    const server = shop({ url, timeoutMs: 500 }, charge, (cookie) => cookie ?? 'guest').listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  after(() => {
    for (const server of servers) server.close();
    servers = [];
  });

  test('charges what is approved, holds what is reviewed, refuses what is declined, each once', async () => {
    const url = await listening(app.url);
    const buy = (orderId: string, amount: number) =>
      call(
        url,
        'POST',
        '/checkout',
        { orderId, amount, currency: 'USD', cardId: `card_${orderId}` },
        { cookie: 'ann' },
      );
    const [small, middle, large] = [await buy('o1', 5), await buy('o2', 640), await buy('o3', 900)];
    assert.deepEqual([small.status, middle.status, large.status], [201, 202, 402]);
    assert.equal(JSON.stringify([middle.body, large.body]).includes('Explanation'), false);
    assert.equal((await buy('o1', 5)).status, 201);
    assert.deepEqual(charged, ['o1', 'o1'], 'the processor gets the number of the order, and charges it once');
    const kept = await shown('o1');
    assert.deepEqual([kept.status, kept.userId], ['finalized', 'ann']);
    assert.equal((await shown('o2')).status, 'pending');
  });

  test('holds where Assay is away', async () => {
    const url = await listening('http://127.0.0.1:1');
    const { status, body } = await call(url, 'POST', '/checkout', { orderId: 'o9', amount: 5, currency: 'USD' });
    assert.deepEqual([status, body.state], [202, 'held']);
  });

  test('as a route of Next.js', async () => {
    process.env.ASSAY_URL = app.url;
    const body = JSON.stringify({ orderId: 'n1', amount: 900, currency: 'EUR' });
    const headers = { cookie: 'bob', 'x-forwarded-for': '203.0.113.9, 10.0.0.1' };
    const answer = await POST(new Request('http://shop/api/checkout', { method: 'POST', body, headers }));
    assert.equal(answer.status, 402);
    assert.deepEqual([(await shown('n1')).ip, (await shown('n1')).userId], ['203.0.113.9', 'bob']);
  });
});

describe('Stripe’s webhooks', () => {
  const secret = 'whsec_made_up_for_tests';
  const now = Math.floor(Date.now() / 1_000) - 120;
  let count = 0;
  const send = (type: string, object: object, created = now, signedBy = secret) => {
    const payload = JSON.stringify({
      ...{ id: `evt_${++count}`, object: 'event', api_version: '2026-01-28', created, livemode: false },
      ...{ pending_webhooks: 1, request: { id: null, idempotency_key: null }, type, data: { object } },
    });
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: signedBy });
    const headers = { 'stripe-signature': header, 'content-type': 'application/json' };
    const request = new Request('http://shop/stripe', { method: 'POST', body: payload, headers });
    return stripeWebhook(request, { assay: { url: app.url }, secret });
  };
  const dispute = (payment: string, status: string, more = {}) => ({
    ...{ id: `du_${payment}`, object: 'dispute', amount: 2000, currency: 'usd', charge: 'ch_1', created: now },
    ...{ balance_transactions: [], evidence: {}, evidence_details: { due_by: now + 600_000, has_evidence: false } },
    ...{ is_charge_refundable: false, livemode: false, metadata: {}, network_reason_code: '10.4' },
    payment_intent: payment,
    payment_method_details: {
      card: { brand: 'visa', case_type: 'chargeback', network_reason_code: '10.4' },
      type: 'card',
    },
    ...{ reason: 'fraudulent', status },
    ...more,
  });

  test('a dispute for fraud labels, and winning it takes that back', async () => {
    await pay('pi_1');
    assert.equal((await send('charge.dispute.created', dispute('pi_1', 'needs_response'))).status, 200);
    assert.equal((await shown('pi_1')).label, 'fraud');
    assert.equal((await send('charge.dispute.created', dispute('pi_1', 'needs_response'))).status, 200);
    assert.equal((await shown('pi_1')).disputes.length, 1, 'told twice is told once');
    await send('charge.dispute.closed', dispute('pi_1', 'won'), now + 60);
    const { label, disputes } = await shown('pi_1');
    assert.deepEqual([label, disputes[0].status, disputes[0].history.length], [undefined, 'won', 2]);
    await pay('pi_2');
    await send('charge.dispute.created', dispute('pi_2', 'needs_response', { network_reason_code: '13.1' }));
    assert.equal((await shown('pi_2')).label, undefined, 'goods that did not come are no fraud');
  });

  test('a warning, a settlement and a refund of yen are told', async () => {
    await pay('pi_3', 1_200, 'JPY');
    const warning = {
      id: 'issfr_1',
      object: 'radar.early_fraud_warning',
      actionable: true,
      charge: 'ch_3',
      created: now,
    };
    await send('radar.early_fraud_warning.created', {
      ...warning,
      ...{ fraud_type: 'made_with_stolen_card', livemode: false, payment_intent: 'pi_3' },
    });
    await send('payment_intent.succeeded', {
      id: 'pi_3',
      object: 'payment_intent',
      amount_received: 1200,
      currency: 'jpy',
    });
    const refund = { id: 're_1', object: 'refund', amount: 200, currency: 'jpy', created: now, payment_intent: 'pi_3' };
    await send('refund.created', refund);
    await send('refund.created', refund);
    const { label, disputes, events } = await shown('pi_3');
    assert.equal(label, 'fraud');
    assert.equal(disputes[0].kind, 'early_warning');
    assert.deepEqual(
      events.map(({ type, amount }: { type: string; amount: number }) => [type, amount]),
      [
        ['settled', 1200],
        ['refunded', 200],
      ],
    );
  });

  test('what is not signed, not known or not of interest', async () => {
    assert.equal((await send('charge.dispute.created', dispute('pi_1', 'lost'), now, 'whsec_other')).status, 400);
    assert.equal((await send('charge.dispute.created', dispute('pi_unknown', 'lost'))).status, 503, 'it comes again');
    assert.equal((await send('customer.created', { id: 'cus_1' })).status, 200);
  });
});

describe('Adyen’s webhooks', () => {
  const hmacKey = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';
  const item = (more: Record<string, unknown>, data = {}) => ({
    ...{ additionalData: data as Record<string, string>, amount: { currency: 'USD', value: 2000 } },
    ...{
      eventDate: new Date(Date.now() - 60_000).toISOString(),
      merchantAccountCode: 'ShopCOM',
      paymentMethod: 'visa',
    },
    ...{ pspReference: 'PSP7', originalReference: 'ORIG1', reason: '', success: 'true' },
    ...(more as { eventCode: string; merchantReference: string }),
  });
  const send = (...items: ReturnType<typeof item>[]) => {
    const body = JSON.stringify({
      live: 'false',
      notificationItems: items.map((one) => ({ NotificationRequestItem: one })),
    });
    const settings = { assay: { url: app.url }, hmacKey, merchantAccount: 'ShopCOM' };
    return adyenWebhook(new Request('http://shop/adyen', { method: 'POST', body }), settings);
  };
  const signed = (one: ReturnType<typeof item>) => {
    const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = one;
    const text = `${pspReference}:${originalReference}:${merchantAccountCode}:${merchantReference}:${amount.value}:${amount.currency}:${eventCode}:${success}`;
    const hmacSignature = createHmac('sha256', Buffer.from(hmacKey, 'hex')).update(text).digest('base64');
    return { ...one, additionalData: { ...one.additionalData, hmacSignature } };
  };

  test('a signature as Adyen’s own library makes it is believed, another is not', async () => {
    const one = item(
      { eventCode: 'CHARGEBACK', merchantReference: 'ord:9\\1', amount: { currency: 'EUR', value: 100_099 } },
      // Computed by @adyen/api-library 32.1.0, hmacValidator.calculateHmac.
      { hmacSignature: 'FBzA9BM2FzPA0r1fpzs4nG8wzoIZ7Ja3ozq455yOnw4=', chargebackReasonCode: '10.4' },
    );
    await pay('ord:9\\1', 1_000.99, 'EUR');
    const answer = await send(one);
    assert.deepEqual([answer.status, await answer.text()], [200, '[accepted]']);
    const { label, disputes } = await shown('ord:9\\1');
    assert.deepEqual([label, disputes[0].scheme], ['fraud', 'visa']);
    assert.equal((await send({ ...one, amount: { currency: 'EUR', value: 1 } })).status, 401);
    assert.equal((await send(signed({ ...one, merchantAccountCode: 'AnotherShop' }))).status, 401);
    assert.equal((await send(item({ eventCode: 'CHARGEBACK', merchantReference: 'ord:9\\1' }))).status, 401);
  });

  test('authorisation, capture, chargeback and its reversal, in one delivery and again', async () => {
    await pay('a1');
    const of = (eventCode: string, more = {}, data = {}) =>
      signed(item({ eventCode, merchantReference: 'a1', ...more }, data));
    const later = new Date().toISOString();
    const all = [
      of('AUTHORISATION', { originalReference: '' }),
      of('CAPTURE', { pspReference: 'CAP1' }),
      of('NOTIFICATION_OF_FRAUD', { pspReference: 'NOF1' }, { fraudTypeCode: '6' }),
      of('CHARGEBACK', { pspReference: 'CB1' }, { chargebackReasonCode: '10.4' }),
      of('CHARGEBACK_REVERSED', { pspReference: 'CB1', eventDate: later }, { chargebackReasonCode: '10.4' }),
      of('REPORT_AVAILABLE'),
    ];
    for (let i = 0; i < 2; i++) assert.equal((await send(...all)).status, 200);
    const { label, disputes, events } = await shown('a1');
    assert.equal(label, 'fraud', 'the report of fraud stands');
    assert.deepEqual(disputes.map(({ id, status }: { id: string; status: string }) => [id, status]).sort(), [
      ['dispute_ORIG1', 'won'],
      ['nof_NOF1', 'open'],
    ]);
    assert.deepEqual(events.map(({ type }: { type: string }) => type).sort(), ['authorized', 'settled']);
    assert.equal((await send(signed(item({ eventCode: 'CAPTURE', merchantReference: 'nobody' })))).status, 503);
  });
});

describe('Shopify’s orders', () => {
  const secret = 'shpss_made_up';
  const acted: string[] = [];
  const order = (id: number, total: string, more = {}) => ({
    ...{ id, admin_graphql_api_id: `gid://shopify/Order/${id}`, name: `#${id}`, test: false, source_name: 'web' },
    ...{ created_at: '2026-11-20T10:00:00-05:00', processed_at: '2026-11-20T10:00:00-05:00' },
    ...{
      total_price: total,
      subtotal_price: total,
      currency: 'EUR',
      email: 'jon@example.com',
      browser_ip: '203.0.113.7',
    },
    customer: {
      ...{ id: 7, admin_graphql_api_id: 'gid://shopify/Customer/115310627314723954' },
      ...{ email: 'jon@example.com', created_at: '2026-11-10T10:00:00-05:00' },
    },
    billing_address: { city: 'Köln', country_code: 'DE', latitude: 50.94, longitude: 6.96 },
    shipping_address: { city: 'Paris', country_code: 'FR', latitude: null, longitude: null },
    line_items: [{ id: 1, title: 'IPod Nano', quantity: 2, product_type: 'Electronics', price: '199.00' }],
    ...more,
  });
  const send = (body: string, key = secret, topic = 'orders/create') =>
    shopifyWebhook(
      new Request('http://shop/shopify', {
        ...{ method: 'POST', body },
        headers: {
          'x-shopify-hmac-sha256': createHmac('sha256', key).update(body).digest('base64'),
          'x-shopify-topic': topic,
        },
      }),
      { assay: { url: app.url }, secret, act: async ({ id, decision }) => void acted.push(`${id} ${decision}`) },
    );

  test('an order is a payment, decided once, and acted on', async () => {
    assert.equal(await (await send(JSON.stringify(order(1, '19.90')))).text(), 'approve');
    for (let i = 0; i < 2; i++) assert.equal(await (await send(JSON.stringify(order(2, '800.00')))).text(), 'decline');
    assert.deepEqual(acted, ['2 decline', '2 decline']);
    const { amount, currency, country, customerLocation, accountAgeDays, transactionDate, metadata, warnings } =
      await shown('shopify_1');
    assert.deepEqual([amount, currency, country, customerLocation, accountAgeDays], [19.9, 'EUR', 'DE', 'Köln', 10]);
    assert.equal(transactionDate, '2026-11-20T15:00:00.000Z');
    assert.deepEqual([metadata, warnings], [{ order: '#1', items: 2, shipsElsewhere: true }, undefined]);
    assert.equal((await shown('shopify_1')).userId, 'shopify_115310627314723954', 'no digit of a long number is lost');
    const guest = order(3, '5.00', { customer: null, billing_address: null, shipping_address: null, browser_ip: null });
    assert.equal((await send(JSON.stringify(guest))).status, 200);
    assert.equal((await shown('shopify_3')).userId, 'jon@example.com');
  });

  test('what is not signed, or another topic', async () => {
    assert.equal((await send('{"id":1}', 'other')).status, 401);
    assert.equal(await (await send('{"id":1}', secret, 'orders/paid')).text(), 'Not of interest.');
  });
});
