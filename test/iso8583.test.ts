import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readRaw } from '../src/api/raw.ts';
import { tell } from '../src/app/tell.ts';
import { PLAIN_RULES } from '../src/training/history-file.ts';
import { call, startApp, type TestApp } from './support/app.ts';

/** MMDDhhmmss of now. */
const stamp = () => new Date(Date.now() - 1_000).toISOString().replaceAll(/[-:T]/g, '').slice(4, 14);

describe('messages of ISO 8583', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const request = (reference: string) => ({
    ...{ mti: '0100', '2': 'tok_1', '3': '000000', '4': '000000001050', '7': stamp(), '11': '000123', '18': '5411' },
    ...{ '22': '812', '25': '59', '32': '12345', '37': reference, '41': 'TERM0001', '42': 'M1', '49': '840' },
  });
  const post = (body: object) => call(app.url, 'POST', '/api/iso8583', body);

  test('a request is decided, its answer and its reversal are told of it', async () => {
    const asked = request('000000000001');
    const { status, body } = await post(asked);
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual(
      [body.id, body.amount, body.remote, body.mcc],
      ['12345/000000000001/TERM0001', 10.5, true, '5411'],
    );
    assert.deepEqual(body.iso8583, {
      '0': '0110',
      '39': { approve: '00', review: '01', decline: '59' }[body.decision as 'approve'],
    });
    assert.deepEqual((await post({ ...asked, mti: '0101' })).body, body, 'a repetition gets the same answer');
    const answer = await post({ ...asked, mti: '0110', '39': '51' });
    assert.deepEqual([answer.status, answer.body.data[0].event.type], [200, 'refused'], JSON.stringify(answer.body));
    const reversed = await post({ ...asked, mti: '0420', '90': '0200'.padEnd(42, '0') });
    assert.equal(reversed.body.data[0].event.type, 'refunded');
    const read = await call(app.url, 'GET', `/api/transactions/${encodeURIComponent(body.id)}`);
    assert.deepEqual(
      read.body.events.map(({ type }: { type: string }) => type).sort(),
      ['refunded', 'refused'],
      JSON.stringify(read.body),
    );
  });

  test('what cannot be is refused by the sender’s names; nobody’s answer is 404; a log-on asks for nothing', async () => {
    const wrong = await post({ ...request('000000000002'), '4': '10.50' });
    assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, '/4']);
    const card = await post({ ...request('000000000002'), '2': '4111111111111111' });
    assert.deepEqual([card.status, card.body.code, card.body.errors[0].path], [422, 'card_number', '/2']);
    assert.doesNotMatch(JSON.stringify(card.body), /4111/);
    assert.equal((await post({ ...request('000000000009'), mti: '0110', '39': '00' })).status, 404);
    const nothing = await post({ mti: '0800', '70': '301' });
    assert.deepEqual([nothing.status, nothing.body.data[0].code], [200, 'ignored']);
  });

  test('as messages of Kafka the same is decided and told, once however often it comes', async () => {
    const { journal, engine } = app.services;
    const message = (offset: number, body: object) => ({
      ...{ value: Buffer.from(JSON.stringify(body)), partition: 1, offset, timestamp: Date.now(), headers: {} },
    });
    const first = message(1, request('000000000003'));
    const read = (one: ReturnType<typeof message>) => readRaw(one, PLAIN_RULES, { format: 'iso8583' });
    const taken = read(first);
    assert.ok(taken.kind === 'decide');
    await engine.decide(taken.taken);
    const answer = message(2, { ...request('000000000003'), mti: '0110', '39': '00' });
    const told = read(answer);
    assert.ok(told.kind === 'tell');
    const [telling] = told.tellings;
    const place = { key: 'c:raw_1_1_2', at: answer.timestamp };
    const ports = { journal, deleted: new Set<string>() };
    const before = journal.durable;
    await tell(ports, telling, place);
    await tell(ports, telling, place);
    assert.equal(journal.durable, before + 1);
    const other = { key: 'c:raw_1_1_3', at: answer.timestamp };
    await assert.rejects(tell(ports, { ...telling, transactionId: 'nobody' }, other), { code: 'not_found' });
  });
});
