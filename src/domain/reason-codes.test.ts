import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disputeWord } from './dispute.ts';
import { DISPUTE_KINDS, isFraudReason, REASON_CODES, reasonOf } from './reason-codes.ts';

/** Written down a second time, from the schemes' own headings: what is under "fraud". */
const FRAUD: Record<string, string[]> = {
  'visa dispute': ['10.1', '10.2', '10.3', '10.4', '10.5'],
  'mastercard dispute': ['4837', '4840', '4849', '4863', '4870', '4871'],
  'amex dispute': ['F10', 'F14', 'F24', 'F29', 'F30', 'F31', 'FR2', 'FR4', 'FR6'],
  'sepa dispute': ['FRAD', 'MD01'],
  'visa early_warning': ['0', '1', '2', '3', '4', '5', '6', '9', 'A', 'B', 'C', 'D'],
  'mastercard early_warning': ['00', '01', '02', '03', '04', '05', '06', '07', '51', '54', '55', '56'],
  'amex early_warning': [],
  'sepa early_warning': [],
};
const SHAPES: Record<string, RegExp> = {
  'visa dispute': /^1[0-3]\.\d(\.\d)?$/,
  'mastercard dispute': /^4[89]\d\d$/,
  'amex dispute': /^([ACFMPR]\d\d|FR\d)$/,
  'sepa dispute': /^[A-Z]{2}([A-Z]{2}|\d\d)$/,
  'visa early_warning': /^[0-9A-D]$/,
  'mastercard early_warning': /^\d\d$/,
};

test('every reason code of every table: its shape, its words, and whether it labels', () => {
  for (const [scheme, tables] of Object.entries(REASON_CODES))
    for (const kind of DISPUTE_KINDS) {
      const name = `${scheme} ${kind}`;
      const codes = Object.entries(tables[kind]);
      assert.deepEqual(
        codes
          .filter(([, [mark]]) => mark === 'fraud')
          .map(([code]) => code)
          .sort(),
        FRAUD[name].toSorted(),
        name,
      );
      for (const [code, [mark, words]] of codes) {
        assert.match(code, SHAPES[name]);
        assert.match(words, /^[A-Za-z][\w ,-]+\w$/, code);
        assert.equal(isFraudReason(scheme, kind, code), mark === 'fraud', `${name} ${code}`);
        for (const status of ['open', 'lost'] as const)
          assert.equal(disputeWord(scheme, kind, code, status), mark === 'fraud' ? 'fraud' : 'none');
        for (const status of ['won', 'reversed'] as const)
          assert.equal(disputeWord(scheme, kind, code, status), 'none', 'and never legitimate');
      }
    }
  assert.equal(Object.values(REASON_CODES).flatMap((tables) => Object.keys(tables.dispute)).length, 117);
});

test('codes in the spellings that processors use; none that is not known labels', () => {
  assert.equal(isFraudReason('mastercard', 'dispute', '37'), true);
  assert.equal(isFraudReason('mastercard', 'dispute', '53'), false);
  assert.equal(isFraudReason('visa', 'dispute', '104'), true);
  assert.equal(reasonOf('visa', 'dispute', '1261')?.[1], 'duplicate processing');
  assert.equal(isFraudReason('amex', 'dispute', ' f29 '), true);
  // A report that announces a dispute's code.
  assert.equal(isFraudReason('visa', 'early_warning', '10.4'), true);
  assert.equal(isFraudReason('visa', 'early_warning', '13.1'), false);
  // The same digits mean other things by kind.
  assert.equal(isFraudReason('mastercard', 'early_warning', '06'), true);
  assert.equal(isFraudReason('mastercard', 'dispute', '06'), false);
  for (const [scheme, code] of [
    ['visa', '99.9'],
    ['visa', 'constructor'],
    ['visa', ''],
    ['constructor', '10.4'],
    ['__proto__', '10.4'],
    ['discover', 'UA02'],
  ])
    assert.equal(reasonOf(scheme, 'dispute', code), undefined, `${scheme} ${code}`);
});
