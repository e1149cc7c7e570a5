import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentOf, jsonOf, messageOf, pathsOf } from '../../../test/support/iso-messages.ts';
import { AssayError } from '../../domain/errors.ts';
import { ibanFault } from './facets.ts';
import { readJsonMessage, readXmlMessage } from './message.ts';
import { paymentsOf } from './payments.ts';
import { statusOf, statusReport } from './report.ts';
import { statusesOf } from './statuses.ts';
import { MESSAGES } from './tables.generated.ts';

async function refused(text: string): Promise<AssayError> {
  try {
    readXmlMessage(text);
  } catch (error) {
    assert.ok(error instanceof AssayError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `taken: ${text.slice(0, 300)}` });
}

describe('messages of ISO 20022', () => {
  for (const name of Object.keys(MESSAGES))
    test(`${name}: valid with the least, with more, and with any choice; in JSON the same`, async () => {
      for (const optional of [0, 1, 2, 3])
        for (const choose of [0, 1, 2]) {
          const body = messageOf(name, { optional, choose });
          const message = readXmlMessage(documentOf(name, body));
          assert.deepEqual(message.body, body);
          const json = { Document: { '@xmlns': `urn:iso:std:iso:20022:tech:xsd:${name}`, [body.name]: jsonOf(body) } };
          const inJson = readJsonMessage(json);
          assert.deepEqual(paymentsOf(inJson), paymentsOf(message));
          assert.deepEqual(inJson.body, body);
        }
    });

  for (const name of Object.keys(MESSAGES))
    test(`${name}: without any one of what it must have, that is named by its path`, async () => {
      const [, type] = MESSAGES[name];
      const body = messageOf(name, { optional: 2, choose: 0 });
      let broken = 0;
      for (const { path, parent, index, must } of [...pathsOf(body, type, `/Document/${body.name}`)]) {
        if (!must) continue;
        const [taken] = (parent.children as unknown[]).splice(index, 1);
        const { code, errors } = await refused(documentOf(name, body));
        (parent.children as unknown[]).splice(index, 0, taken);
        const place = path.slice(0, path.lastIndexOf('/'));
        assert.equal(code, 'invalid_request');
        assert.ok(
          errors!.some((one) => one.path === path || one.path === place),
          `${path}: ${JSON.stringify(errors)}`,
        );
        broken++;
      }
      assert.ok(broken >= 5, `${broken}`);
      assert.deepEqual(readXmlMessage(documentOf(name, body)).body, body);
    });

  const XML = documentOf('pacs.008.001.08', messageOf('pacs.008.001.08', { optional: 3, choose: 0 }));
  const at = '/Document/FIToFICstmrCdtTrf';
  test('what schemas let pass is found', async () => {
    const cases: [from: string | RegExp, to: string, path: string, message: RegExp][] = [
      ['<NbOfTxs>1<', '<NbOfTxs>2<', `${at}/GrpHdr/NbOfTxs`, /is 2, there are 1/],
      ['<CtrlSum>1<', '<CtrlSum>1.01<', `${at}/GrpHdr/CtrlSum`, /is 1.01, the amounts’ is 1/],
      [/DE89370400440532013000/, 'DE88370400440532013000', '', /check digits/],
      [
        /<IntrBkSttlmAmt Ccy="EUR">1</,
        '<IntrBkSttlmAmt Ccy="EUR">1.001<',
        `${at}/CdtTrfTxInf[1]/IntrBkSttlmAmt`,
        /2 digits/,
      ],
      [/<InstdAmt Ccy="EUR">1</, '<InstdAmt Ccy="JPY">12.345<', `${at}/CdtTrfTxInf[1]/InstdAmt`, /0 digits.*JPY/],
      [/<InstdAmt Ccy="EUR">/, '<InstdAmt Ccy="XXZ">', `${at}/CdtTrfTxInf[1]/InstdAmt`, /XXZ/],
      [/<InstdAmt Ccy="EUR">/, '<InstdAmt>', `${at}/CdtTrfTxInf[1]/InstdAmt/@Ccy`, /required/],
      [/<ChrgBr>DEBT</, '<ChrgBr>NONE<', `${at}/CdtTrfTxInf[1]/ChrgBr`, /one of/],
      [/<EndToEndId>x</, `<EndToEndId>${'x'.repeat(36)}<`, `${at}/CdtTrfTxInf[1]/PmtId/EndToEndId`, /35/],
      ['2026-11-02T10:00:00Z', '2026-02-30T10:00:00Z', '', /must be a time/],
      ['<ChrgBr>', '<ChgrBr></ChgrBr><ChrgBr>', `${at}/CdtTrfTxInf[1]/ChgrBr`, /did you mean ChrgBr/],
      [
        /(<EndToEndId>x<\/EndToEndId>)(<TxId>x<\/TxId>)/,
        '$2$1',
        `${at}/CdtTrfTxInf[1]/PmtId/EndToEndId`,
        /out of order/,
      ],
    ];
    for (const [from, to, path, message] of cases) {
      const { errors, code } = await refused(XML.replace(from, to));
      assert.equal(code, 'invalid_request', to);
      const found = errors!.find((one) => message.test(one.message));
      assert.ok(found && (path === '' || found.path === path), `${to}: ${JSON.stringify(errors)}`);
    }
  });

  test('what is no XML, or says more than data, is not read', async () => {
    for (const [text, why] of [
      ['', /empty|root/],
      ['<Document>', /unclosed|closed/i],
      ['<a></b>', /tag/],
      [XML.replace('<Document', '<!DOCTYPE Document><Document'), /document type declaration/],
      [XML.replace('UTF-8', 'UTF-16'), /UTF-8/],
      ['<a>'.repeat(100), /nested deeper/],
      [`<a>${'<b/>'.repeat(40_001)}</a>`, /more than 40000 elements/],
      [`<a ${Array.from({ length: 10_001 }, (_, i) => `b${i}=""`).join(' ')}/>`, /more than 10000 attributes/],
      ['not xml', /./],
    ] as const) {
      const { code, message } = await refused(text);
      assert.equal(code, 'malformed_json', text.slice(0, 60));
      assert.match(message, why, text.slice(0, 60));
    }
    for (const text of [
      '<Document/>',
      '<Other xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"/>',
      XML.replaceAll('pacs.008.001.08', 'pacs.008.001.99'),
    ])
      assert.equal((await refused(text)).code, 'invalid_request', text.slice(0, 60));
  });

  test('one Document, of a known name, whose elements are of its namespace', async () => {
    const SPACE = 'urn:iso:std:iso:20022:tech:xsd:';
    for (const name of [...Object.getOwnPropertyNames(Object.prototype), ''])
      assert.match((await refused(`<Document xmlns="${SPACE}${name}"><a/></Document>`)).message, /Read are/, name);
    const document = XML.replace(/^<\?.*?\?>\s*/, '');
    assert.equal(readXmlMessage(`<Env><AppHdr xmlns="urn:h"/>${document}</Env>`).name, 'pacs.008.001.08');
    assert.equal(
      (await refused(`<Env>${document}${document}</Env>`)).code,
      'invalid_request',
      'none is left out quietly',
    );
    for (const element of ['GrpHdr', 'MsgId', 'CdtTrfTxInf', 'ChrgBr', 'Dbtr']) {
      const { errors } = await refused(XML.replace(`<${element}>`, `<${element} xmlns="urn:other">`));
      assert.match(JSON.stringify(errors), /\{urn:other\}\w+.*not known there/, element);
    }
  });

  test('in JSON what is of another type than an element, or given twice in two spellings, is refused', () => {
    const body = messageOf('pacs.008.001.08', { optional: 3, choose: 0 });
    const sent = (change: (payment: Record<string, unknown>) => unknown, xmlns: unknown = undefined) => {
      const message = structuredClone(jsonOf(body)) as Record<string, unknown>;
      const payment = [message.CdtTrfTxInf].flat()[0] as Record<string, unknown>;
      change(payment);
      return () => readJsonMessage({ Document: { '@xmlns': xmlns, FIToFICstmrCdtTrf: message } });
    };
    assert.doesNotThrow(sent(() => {}));
    for (const xmlns of [5, true, {}, []])
      assert.throws(
        sent(() => {}, xmlns),
        /must be a string/,
      );
    for (const wrong of [5, true, 'text', [[]], [null], [[{}]], []])
      for (const name of ['PmtId', 'Dbtr', 'DbtrAgt', 'Cdtr'])
        assert.throws(
          sent((payment) => Object.assign(payment, { [name]: wrong })),
          AssayError,
          `${name} ${JSON.stringify(wrong)}`,
        );
    for (const amount of [
      { '@Ccy': 'EUR', Ccy: 'EUR', value: '1' },
      { Ccy: 'USD', '@Ccy': 'EUR', value: '1' },
      { Ccy: 'EUR', value: '1', '#text': '2' },
    ])
      assert.throws(
        sent((payment) => Object.assign(payment, { IntrBkSttlmAmt: amount })),
        /has no attribute/,
      );
  });

  test('texts that are cut are cut between characters, and that is said; what is no e-mail address is left out', () => {
    const face = '\u{1f600}';
    for (const before of ['', 'y'])
      for (const mail of ['a@b', `${'m'.repeat(400)}@b.co`, 'a\u0007@b.co', 'a@b@c']) {
        const text = before + face.repeat(34);
        const message = messageOf('pacs.008.001.08', { optional: 0, choose: 0 });
        const sent = jsonOf(message) as Record<string, unknown>;
        Object.assign([sent.CdtTrfTxInf].flat()[0] as object, {
          Dbtr: { Nm: 'A', PstlAdr: { AdrLine: Array(7).fill(text) }, CtctDtls: { EmailAdr: mail } },
          RmtInf: { Ustrd: Array(40).fill(before + face.repeat(60)) },
        });
        const [payment] = paymentsOf(
          readJsonMessage({ Document: { '@xmlns': 'pacs.008.001.08', FIToFICstmrCdtTrf: sent } }),
        );
        const { customerLocation, metadata, email } = payment.body as Record<string, string & { remittance: string }>;
        for (const [kept, most] of [
          [customerLocation, 255],
          [metadata.remittance, 2_000],
        ] as const)
          assert.ok(kept.isWellFormed() && kept.length <= most && kept.length >= most - 1, `${kept.length}`);
        assert.match(payment.warnings.join(' '), /address 255.*remittance information 2000/);
        assert.equal(email, mail === 'a@b' ? mail : undefined);
        assert.equal(/EmailAdr/.test(payment.warnings.join(' ')), mail !== 'a@b');
        const of = { messageId: 'm', message: 'pacs.008.001.08', names: {} };
        const [{ AddtlInf }] = statusOf('decline', [before + face.repeat(90)], of).StsRsnInf!;
        assert.ok(AddtlInf![0].isWellFormed());
      }
  });

  test('check digits by ISO 7064: examples of the registry of IBANs, and each with one digit wrong', () => {
    for (const iban of [
      'DE89370400440532013000',
      'GB29NWBK60161331926819',
      'FR1420041010050500013M02606',
      'NO9386011117947',
    ]) {
      assert.equal(ibanFault(iban), undefined, iban);
      const last = (Number(iban.at(-1)) + 1) % 10;
      assert.match(ibanFault(iban.slice(0, -1) + last)!, /check digits/, iban);
    }
  });

  test('a status report tells of each payment; what is written of a decision is valid, and reads back', async () => {
    const names = { OrgnlEndToEndId: 'e<1>', OrgnlUETR: '5f1c0e2a-9b7d-4e3f-8a6b-2c4d6e8f0a1b' };
    const of = { messageId: 'm&1', message: 'pacs.008.001.08', names };
    const statuses = (['approve', 'review', 'decline'] as const).map((decision) =>
      statusOf(decision, ['Because \u0000 & <so>'], of),
    );
    const report = readXmlMessage(statusReport(statuses, 'r1', '2026-11-02T10:00:00.000Z'));
    const told = statusesOf(report, '2026-11-02T11:00:00.000Z');
    assert.deepEqual(
      told.map(({ status, telling }) => [status, telling?.body.type]),
      [
        ['ACCP', 'authorized'],
        ['PDNG', undefined],
        ['RJCT', 'refused'],
      ],
    );
    assert.deepEqual(told[2].telling?.body, {
      type: 'refused',
      at: '2026-11-02T10:00:00.000Z',
      code: 'FRAUD_SUSPECTED',
    });
    assert.equal(told[0].transactionId, names.OrgnlUETR);
  });
});
