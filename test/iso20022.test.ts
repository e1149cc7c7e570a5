import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startApp, type TestApp } from './support/app.ts';
import { documentOf, jsonOf, messageOf } from './support/iso-messages.ts';

describe('messages of banks over HTTP', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  async function post(body: string, headers: Record<string, string> = { 'content-type': 'application/xml' }) {
    const response = await fetch(`${app.url}/api/iso20022`, { method: 'POST', body, headers });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    // biome-ignore lint/suspicious/noExplicitAny: an answer of any shape is what is tested.
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as any };
  }

  const UETR = '5f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b';
  const now = new Date(Date.now() - 60_000).toISOString();
  const PACS = documentOf('pacs.008.001.08', messageOf('pacs.008.001.08', { optional: 4, choose: 0 }))
    .replaceAll('2026-11-02T10:00:00Z', now)
    .replaceAll('<IntrBkSttlmAmt Ccy="EUR">1<', '<IntrBkSttlmAmt Ccy="EUR">125.50<')
    .replaceAll('<TtlIntrBkSttlmAmt Ccy="EUR">1<', '<TtlIntrBkSttlmAmt Ccy="EUR">125.5<')
    .replaceAll('<CtrlSum>1<', '<CtrlSum>125.50<')
    .replaceAll('<InstdAmt Ccy="EUR">1<', '<InstdAmt Ccy="USD">140.25<');

  test('a payment is decided under its UETR, its parts where they belong', async () => {
    const { status, body } = await post(PACS);
    assert.equal(status, 201, JSON.stringify(body));
    const { id, amount, currency, userId, cardId, payeeId, instrument, metadata, statusReport } = body;
    assert.deepEqual([id, amount, currency, instrument], [UETR, 140.25, 'USD', 'credit_transfer']);
    assert.deepEqual([cardId, payeeId], ['DE89370400440532013000', 'DE89370400440532013000']);
    assert.equal(typeof userId, 'string');
    assert.deepEqual([metadata.settledAmount, metadata.message], ['EUR 125.50', 'pacs.008.001.08']);
    assert.equal(Date.parse(body.transactionDate), Date.parse(now));
    assert.deepEqual([statusReport.OrgnlUETR, statusReport.OrgnlMsgNmId], [UETR, 'pacs.008.001.08']);
    assert.equal(statusReport.TxSts, { approve: 'ACCP', review: 'PDNG', decline: 'RJCT' }[body.decision as 'approve']);
    // Sent again it is the same payment.
    assert.deepEqual((await post(PACS)).body, body);
    const read = await fetch(`${app.url}/api/transactions/${UETR}`);
    assert.equal(((await read.json()) as { score: number }).score, body.score);
  });

  test('several payments give a list, one that does not fit refuses all of them by its path', async () => {
    const [, one] = /(<CdtTrfTxInf>.*<\/CdtTrfTxInf>)/s.exec(PACS)!;
    const as = (uetr: string) => one.replaceAll(UETR, uetr).replaceAll('<UETR>', '<UETR>');
    const second = '6f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b';
    const third = '7f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b';
    const two = PACS.replace(one, as(second) + as(third))
      .replaceAll('<NbOfTxs>1<', '<NbOfTxs>2<')
      .replaceAll('<CtrlSum>125.50<', '<CtrlSum>251<')
      .replaceAll('<TtlIntrBkSttlmAmt Ccy="EUR">125.5<', '<TtlIntrBkSttlmAmt Ccy="EUR">251<');
    const broken = two.replace(/(.*<InstdAmt Ccy="USD">)140.25/s, '$11e3');
    const { status, body } = await post(broken);
    assert.equal(status, 422);
    assert.equal(body.errors[0].path, '/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]/InstdAmt');
    assert.equal((await fetch(`${app.url}/api/transactions/${second}`)).status, 404, 'none was decided');
    const taken = await post(two);
    assert.equal(taken.status, 201, JSON.stringify(taken.body));
    assert.deepEqual(
      taken.body.map(({ id }: { id: string }) => id),
      [second, third],
    );
  });

  test('one UETR twice in a message with another amount refuses all of it; JSON is never read as XML', async () => {
    const [, one] = /(<CdtTrfTxInf>.*<\/CdtTrfTxInf>)/s.exec(PACS)!;
    const fresh = '8f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b';
    const twice = PACS.replace(one, one + one.replaceAll('140.25', '150.25'))
      .replaceAll(UETR, fresh)
      .replaceAll('<NbOfTxs>1<', '<NbOfTxs>2<')
      .replaceAll('<CtrlSum>125.50<', '<CtrlSum>251<')
      .replaceAll('<TtlIntrBkSttlmAmt Ccy="EUR">125.5<', '<TtlIntrBkSttlmAmt Ccy="EUR">251<');
    const { status, body } = await post(twice);
    assert.deepEqual([status, body.code], [409, 'conflict'], JSON.stringify(body));
    assert.match(body.detail, /CdtTrfTxInf\[2\].*twice/);
    assert.equal((await fetch(`${app.url}/api/transactions/${fresh}`)).status, 404, 'none was decided');
    const inJson = await post(JSON.stringify({ xml: PACS.replaceAll(UETR, fresh) }), {
      'content-type': 'application/json',
    });
    assert.equal(inJson.status, 422);
  });

  test('a customer’s order, in JSON without a version; without a UETR it has an id of its names', async () => {
    const message = messageOf('pain.001.001.09', { optional: 0, choose: 0 });
    const sent = JSON.stringify({ Document: { CstmrCdtTrfInitn: jsonOf(message) } }).replaceAll(
      '2026-11-02T10:00:00Z',
      now,
    );
    const taken = await post(sent, { 'content-type': 'application/json' });
    assert.equal(taken.status, 201, JSON.stringify(taken.body));
    assert.equal(taken.body.userId, 'DE89370400440532013000');
    assert.equal(taken.body.id, 'x/x');
    assert.match(taken.body.warnings.join(' '), /no version.*no UETR.*known by the account/);
  });

  test('answered as a pacs.002 where that is asked for; a pacs.002 tells of payments', async () => {
    const accept = { 'content-type': 'application/xml', accept: 'application/xml' };
    const { status, body } = await post(PACS, accept);
    assert.equal(status, 201);
    assert.match(body, /^<\?xml.*pacs\.002\.001\.12.*<OrgnlUETR>5f1c0e2a/s);
    // biome-ignore lint/suspicious/noExplicitAny: a document of any shape.
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as any;
    const { content } = document.paths['/api/iso20022'].post.responses['201'];
    assert.deepEqual(Object.keys(content), ['application/json', 'application/xml']);
    const report = documentOf('pacs.002.001.12', messageOf('pacs.002.001.12', { optional: 2, choose: 0 }))
      .replaceAll('2026-11-02T10:00:00Z', new Date().toISOString())
      .replace(/<TxSts>[^<]*</, '<TxSts>RJCT<');
    const told = await post(report);
    assert.equal(told.status, 200, JSON.stringify(told.body));
    assert.deepEqual([told.body.data[0].transactionId, told.body.data[0].event?.type], [UETR, 'refused']);
    const unknown = await post(report.replaceAll(UETR, UETR.replace('5', '0')));
    assert.equal(unknown.body.data[0].code, 'not_found');
    const waiting = await post(report.replace('RJCT', 'PDNG'));
    assert.equal(waiting.body.data[0].code, 'ignored');
  });

  test('what is not read is refused for what it is, and at once', async () => {
    assert.equal((await post('<Document')).status, 400);
    assert.equal((await post('{', { 'content-type': 'application/json' })).status, 400);
    assert.equal((await post('', { 'content-type': 'text/xml' })).status, 400);
    assert.equal((await post(PACS.replace('<Document', '<!DOCTYPE Document><Document'))).status, 400);
    assert.equal((await post('{}', { 'content-type': 'application/json' })).status, 422);
    assert.equal((await post(PACS, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await post(`${PACS}${' '.repeat(10 * 1024 * 1024)}`)).status, 413);
  });
});
