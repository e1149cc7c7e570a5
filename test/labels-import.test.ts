import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ImportFlags, labelsFrom } from '../src/cli/labels-import.ts';
import { call, startApp, type TestApp } from './support/app.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T12:00:00Z');
const entry = join(import.meta.dirname, '..', 'bin', 'assay.js');

describe('assay labels import', () => {
  let app: TestApp;
  let folder: string;
  let files = 0;
  before(async () => {
    app = await startApp({}, { clock: () => NOW });
    folder = mkdtempSync(join(tmpdir(), 'assay-labels-'));
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function pay(id: string, more: object = {}) {
    const transactionDate = new Date(NOW - 10 * DAY).toISOString();
    const body = { id, userId: `u-${id}`, amount: 50, currency: 'EUR', transactionDate, ...more };
    const answer = await call(app.url, 'POST', '/api/transactions', body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
  const shown = async (id: string) => (await call(app.url, 'GET', `/api/transactions/${id}`)).body;
  const put = (name: string, text: string) => {
    const path = join(folder, `${++files}-${name}`);
    writeFileSync(path, text);
    return path;
  };
  const notes: string[] = [];
  const load = (text: string, map?: object, flags: ImportFlags = {}) =>
    labelsFrom(
      put('file.csv', text),
      { url: app.url, ...flags, ...(map ? { map: put('map.json', JSON.stringify(map)) } : {}) },
      (note) => notes.push(note),
    );

  test('by id, with a foreign file’s columns, words and times; again changes nothing; a reversal takes it back', async () => {
    for (const id of ['a', 'b', 'c']) await pay(id);
    const map = {
      columns: {
        ...{ transactionId: 'Merchant Ref', id: 'Case', reasonCode: 'Reason', reportedAt: ['Date', 'Time'] },
        ...{ status: 'Stage', kind: 'Report', amount: 'Amt', currency: 'Cur' },
      },
      words: { status: { CBK: 'lost', 'CBK REV': 'reversed' }, kind: { FRD: 'early_warning', CB: 'dispute' } },
      constants: { scheme: 'Visa' },
      timeFormat: 'dd.MM.yyyy HH:mm',
      timeZone: 'Europe/Berlin',
    };
    const text = [
      'Case,Merchant Ref,Report,Reason,Date,Time,Stage,Amt,Cur,Whatever',
      'k1,a,CB,10.4,12.11.2026,09:30,CBK,50.00,EUR,x',
      'k2,b,CB,13.1,12.11.2026,09:30,CBK,20,,x',
      'k3,c,FRD,6,12.11.2026,09:30,,,,x',
      'k1,a,CB,10.4,15.11.2026,09:30,CBK REV,50.00,EUR,x',
      '',
    ].join('\r\n');
    const dry = await load(text, map, { dryRun: true });
    assert.deepEqual([dry.rows, dry.recorded, dry.wouldRecord], [4, 0, 4]);
    assert.equal((await shown('a')).disputes, undefined);
    const first = await load(text, map);
    assert.deepEqual([first.rows, first.recorded, first.refused, first.warnings], [4, 4, [], []]);
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(shown));
    assert.deepEqual(
      a.disputes[0].history.map(({ status, reportedAt }: Record<string, string>) => [status, reportedAt]),
      [
        ['lost', '2026-11-12T08:30:00.000Z'],
        ['reversed', '2026-11-15T08:30:00.000Z'],
      ],
    );
    assert.deepEqual(
      [a.label, b.label, c.label, b.disputes[0].amount, b.disputes[0].currency],
      [...[undefined, undefined, 'fraud', 20, 'EUR']],
    );
    const again = await load(text, map);
    assert.deepEqual([again.recorded, again.known], [0, 4]);
    // What was rounded is known again; what corrects a currency or a scheme is news.
    await pay('d');
    const one = (amount: string, currency: string, scheme: string) =>
      load(
        `transactionId,id,scheme,reasonCode,reportedAt,status,amount,currency\nd,k4,${scheme},10.4,2026-11-12,open,${amount},${currency}\n`,
        // Of one number it cannot be told.
        { columns: {}, decimal: '.' },
      );
    assert.match(JSON.stringify((await one('10.005', 'USD', 'vissa')).warnings), /rounded to 10\.01/);
    const known = [(await one('10.005', 'USD', 'VISSA')).known, (await one('10.005', 'USD', 'visa')).known];
    assert.deepEqual([...known, (await one('10.005', 'EUR', 'visa')).known], [1, 0, 0]);
    assert.deepEqual(await shown('a'), a, 'nothing is doubled');
  });

  test('without ids of their own disputes have stable ones', async () => {
    await pay('no-id');
    const head = 'transactionId,scheme,reasonCode,reportedAt,status\n';
    const lost = `${head}no-id,visa,10.4,2026-11-12,lost\n`;
    await load(lost);
    assert.equal((await shown('no-id')).label, 'fraud');
    await load(`${head}no-id,VISA,10.4,2026-11-13,Won\n`);
    const { disputes, label } = await shown('no-id');
    assert.deepEqual([disputes.length, disputes[0].status, label], [1, 'won', undefined]);
    assert.deepEqual([(await load(lost)).known, (await shown('no-id')).disputes[0].history.length], [1, 2]);
  });

  test('by card, amount and day; what is ambiguous or not there is told by line, and a number goes no further', async () => {
    const day = (text: string) => ({ transactionDate: text });
    await pay('token', { cardId: 'tok_1', ...day('2026-11-05T10:00:00Z') });
    await pay('token-other-day', { cardId: 'tok_1', ...day('2026-11-06T10:00:00Z') });
    await pay('token-other-sum', { cardId: 'tok_1', amount: 51, ...day('2026-11-05T11:00:00Z') });
    await pay('last4', { cardBin: '42424242', cardLast4: '4242', ...day('2026-11-05T23:59:59Z') });
    await pay('twice-1', { cardId: 'tok_2', ...day('2026-11-05T10:00:00Z') });
    await pay('twice-2', { cardId: 'tok_2', ...day('2026-11-05T12:00:00Z') });
    const text = [
      'cardId,cardBin,cardLast4,transactionAmount,amount,currency,transactionDate,scheme,reasonCode,reportedAt',
      'tok_1,,,50,25,EUR,2026-11-05,visa,10.4,2026-11-12',
      ',424242,4242,,50,EUR,2026-11-05,visa,10.4,2026-11-12',
      'tok_2,,,,50,EUR,2026-11-05,visa,10.4,2026-11-12',
      'tok_1,,,,50,USD,2026-11-05,visa,10.4,2026-11-12',
      'tok_9,,,,50,EUR,2026-11-05,visa,10.4,2026-11-12',
      '4242 4242 4242 4242,,,,50,,2026-11-05,visa,10.4,2026-11-12',
    ].join('\n');
    const summary = await load(text);
    assert.deepEqual(
      [summary.rows, summary.recorded, summary.known, summary.ambiguous.length, summary.unmatched.length],
      [6, 2, 1, 1, 2],
      JSON.stringify(summary),
    );
    assert.deepEqual([summary.ambiguous[0].line, ...summary.unmatched.map(({ line }) => line)], [4, 5, 6]);
    assert.match(summary.ambiguous[0].message, /2 payments of card tok_2, 50, .*twice-1, twice-2/);
    const { disputes, label } = await shown('token');
    assert.deepEqual([disputes[0].amount, label], [25, 'fraud'], 'what is disputed may be part of it');
    assert.equal((await shown('last4')).label, 'fraud');
    for (const id of ['token-other-day', 'token-other-sum', 'twice-1', 'twice-2'])
      assert.equal((await shown(id)).disputes, undefined, id);
    assert.match(notes.join(), /1 rows name a card by its number/);
  });

  test('a day on which the clock changes has as many hours as it has', async () => {
    const card = { cardBin: '424242', cardLast4: '1881' };
    await pay('long-day', { ...card, transactionDate: '2026-10-25T23:30:00+01:00' });
    await pay('short-day', { ...card, amount: 60, transactionDate: '2026-03-29T23:30:00+02:00' });
    await pay('after-it', { ...card, amount: 60, transactionDate: '2026-03-30T00:30:00+02:00' });
    await pay('far-away', { ...card, amount: 70, transactionDate: '2026-10-25T23:30:00-07:00' });
    for (const [timeFormat, ...rows] of [
      ['yyyy-MM-dd', '50,2026-10-25,2026-11-12', '60,2026-03-29,2026-11-12'],
      ['yyyy-MM-dd HH:mm', '50,2026-10-25 14:00,2026-11-12 00:00'],
      ['yyyy-MM-dd HH:mm XXX', '70,2026-10-25 14:00 -07:00,2026-11-12 00:00 -07:00'],
    ]) {
      const constants = { scheme: 'visa', reasonCode: '10.4', ...card };
      const text = ['amount,transactionDate,reportedAt', ...rows].join('\n');
      const told = await load(text, { columns: {}, constants, timeFormat, timeZone: 'Europe/Berlin' });
      assert.deepEqual([told.refused, told.unmatched, told.ambiguous], [[], [], []], timeFormat);
    }
    for (const [id, label] of [
      ['long-day', 'fraud'],
      ['short-day', 'fraud'],
      ['after-it', undefined],
      ['far-away', 'fraud'],
    ] as const)
      assert.equal((await shown(id)).label, label, id);
  });

  test('every bad row is told with its line, field and value, and costs no other', async () => {
    await pay('fine');
    const table: [row: string, field: string | undefined, value: string | undefined, message: RegExp][] = [
      ['fine,visa,10.4,2026-11-32,open,1', 'reportedAt', '2026-11-32', /RFC 3339/],
      ['fine,,10.4,2026-11-12,open,1', 'scheme', '', /is empty/],
      ['fine,visa,,2026-11-12,open,1', 'reasonCode', '', /is empty/],
      ['fine,visa,10.4,2026-11-12,maybe,1', 'status', 'maybe', /none of open, won, lost, reversed/],
      ['fine,visa,10.4,2026-11-12,open,1x3', 'amount', '1x3', /no amount/],
      ['fine,visa,10.4,2026-11-12,open,-1', 'amount', '-1', /no amount/],
      ['fine,visa,10.4,2027-11-12,open,1', 'reportedAt', '2027-11-12T00:00:00.000Z', /in the future/],
      ['nobody,visa,10.4,2026-11-12,open,1', 'transactionId', 'nobody', /no such transaction/],
      [',visa,10.4,2026-11-12,open,1', 'transactionId', '', /no card is named/],
      ['fine,visa,10.4', undefined, undefined, /3 fields where the header has 6/],
    ];
    const text = ['transactionId,scheme,reasonCode,reportedAt,status,amount', ...table.map(([row]) => row)];
    const summary = await load(`${text.join('\n')}\nfine,visa,99.9,2026-11-12,open,50\n`);
    assert.deepEqual([summary.rows, summary.recorded], [table.length + 1, 1], JSON.stringify(summary));
    for (const [i, [row, field, value, message]] of table.entries()) {
      const told = summary.refused.find(({ line }) => line === i + 2);
      assert.deepEqual([told?.field, told?.value], [field, value], row);
      assert.match(told!.message, message, row);
    }
    assert.deepEqual(
      summary.warnings.map(({ line }) => line),
      [table.length + 2],
    );
    assert.match(summary.warnings[0].message, /99\.9 of visa is not known here/);
  });

  test('events, disputes and labels by lines of JSON: each told once, however often the file is read', async () => {
    for (const id of ['l1', 'l2']) await pay(id);
    const at = '2026-11-12T00:00:00Z';
    const dispute = { id: 'd1', kind: 'dispute', scheme: 'visa', reasonCode: '10.4', reportedAt: at, status: 'open' };
    const label = { label: 'legitimate', source: 'analyst' };
    const lines = [
      { transactionId: 'l1', event: { type: 'settled', at } },
      { transactionId: 'l1', event: { type: 'refunded', at, amount: 60, whole: true } },
      { transactionId: 'l2', dispute },
      { transactionId: 'l2', label },
      { transactionId: 'l2', label: { label: 'none', source: 'analyst' } },
      { transactionId: 'l2', label },
      { transactionId: 'nobody', label },
      { transactionId: 'l1', event: { type: 'eaten', at } },
      { transactionId: 'l1', lable: label },
    ];
    const text = [...lines.map((line) => JSON.stringify(line)), '{"transactionId":', ''].join('\n');
    const load = (flags: ImportFlags = {}) => labelsFrom(put('told.jsonl', text), { url: app.url, ...flags }, () => {});
    const dry = await load({ dryRun: true });
    assert.deepEqual([dry.rows, dry.recorded, dry.wouldRecord], [10, 0, 6], JSON.stringify(dry));
    const first = await load();
    assert.deepEqual([first.rows, first.recorded, first.known], [10, 6, 0], JSON.stringify(first));
    assert.deepEqual(
      first.refused.map(({ line }) => line),
      [7, 8, 9, 10],
    );
    assert.deepEqual(
      dry.refused.map(({ line }) => line),
      [7, 8, 9, 10],
    );
    assert.match(first.refused[1].message, /must be one of/);
    assert.deepEqual(
      first.warnings.map(({ line }) => line),
      [2, 2],
    );
    assert.match(
      JSON.stringify(first.warnings),
      /more than the payment's 50.*whole|whole.*more than the payment's 50/s,
    );
    const seen = await Promise.all(['l1', 'l2'].map(shown));
    assert.deepEqual([seen[0].events.length, seen[1].label, seen[1].labels.length], [2, 'fraud', 3]);
    const again = await load();
    assert.deepEqual([again.recorded, again.known], [0, 6]);
    assert.deepEqual(await Promise.all(['l1', 'l2'].map(shown)), seen);
  });

  test('a file or a map that makes no sense is refused as a whole', async () => {
    const line = 'a,visa,10.4,2026-11-12\n';
    const columns = 'transactionId,scheme,reasonCode,reportedAt\n';
    await assert.rejects(load(`transactionId,scheme,reasonCode\n`), /no column reportedAt/);
    await assert.rejects(load(`scheme,reasonCode,reportedAt\n`), /rows name their payment by transactionId/);
    await assert.rejects(load(columns + line, { columns: { transactionID: 'transactionId' } }), /transactionId is/);
    await assert.rejects(load(columns + line, { columns: { amount: 'nowhere' } }), /names the column nowhere/);
    await assert.rejects(load(columns + line, undefined, { url: 'http://127.0.0.1:1' }), /No server answers at/);
    await assert.rejects(
      labelsFrom(join(folder, 'none.csv'), { url: app.url }, () => {}),
      /There is no file/,
    );
  });

  test('the command finds the server by its data directory, and its exit code says whether all went well', async () => {
    await pay('command');
    const file = put(
      'c.csv',
      'transactionId,scheme,reasonCode,reportedAt\ncommand,visa,10.4,2026-11-12\ngone,visa,10.4,2026-11-12\n',
    );
    const args = [entry, 'labels', 'import', file, '--data-dir', app.dataDir];
    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) =>
      execFile(process.execPath, args, (error, out) => resolve({ code: error?.code ?? 0, stdout: out })),
    );
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^2 rows: 1 recorded, 0 known before, 1 refused, 0 without a payment, 0 ambiguous/);
    assert.match(stdout, /line 3, refused: transactionId "gone" there is no such transaction/);
    assert.equal((await shown('command')).label, 'fraud');
  });
});
