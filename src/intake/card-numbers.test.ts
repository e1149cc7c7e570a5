import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssayError } from '../domain/errors.ts';
import { type CardRule, screen } from './card-numbers.ts';

const NUMBER = '4111111111111111';
const rule = (numbers: CardRule['numbers']): CardRule => ({ numbers, token: (digits) => `pan_${digits.length}` });

/** Bodies that hold a card number, with the paths that say where. */
const HOLDING: [body: object, paths: string[]][] = [
  [{ cardId: NUMBER }, ['/cardId']],
  [{ cardId: '4111-1111 1111-1111' }, ['/cardId']],
  [{ metadata: { a: [{ b: `card ${NUMBER}.` }] } }, ['/metadata']],
  [{ metadata: { [NUMBER]: true } }, ['/metadata']],
  [{ metadata: { pan: 4111111111111111 } }, ['/metadata']],
  [{ note: `he read ${NUMBER} to me` }, ['/note']],
  [{ text: NUMBER, cardId: NUMBER }, ['/cardId', '/text']],
];

test('refused: a problem of its own, where it stands, and nothing of the number', () => {
  for (const [body, paths] of HOLDING)
    assert.throws(
      () => screen(body, rule('refuse'), '/rows/3'),
      (error) => {
        assert.ok(error instanceof AssayError && error.code === 'card_number');
        assert.deepEqual(
          error.errors?.map(({ path }) => path),
          paths.map((path) => `/rows/3${path}`),
        );
        assert.ok(!JSON.stringify([error.message, error.errors]).includes('1111'));
        assert.match(error.message, /CARD_NUMBERS=tokenize/);
        return true;
      },
    );
});

test('tokenized: the number goes, what stands around it stays, and its other digits go too', () => {
  for (const [body] of HOLDING) {
    const before = JSON.stringify(body);
    const { body: kept, warnings } = screen({ ...body, cardBin: '411111', cardLast4: '1111' }, rule('tokenize'));
    assert.ok(!/1111/.test(JSON.stringify(kept)), JSON.stringify(kept));
    assert.match(JSON.stringify(kept), /pan_16/);
    assert.equal(warnings.length, 2);
    assert.equal(JSON.stringify(body), before, 'what was sent is not changed');
    assert.deepEqual(screen(kept, rule('tokenize')), { body: kept, warnings: [] });
  }
  const { body } = screen({ note: `he read ${NUMBER} to me` }, rule('tokenize'));
  assert.equal(body.note, 'he read pan_16 to me');
});

test('allowed, or none there: the very same body', () => {
  for (const [body] of HOLDING) assert.equal(screen(body, rule('allow')).body, body);
  for (const body of [{}, { cardId: 'c_9', metadata: { n: 12 } }, { userId: NUMBER }])
    for (const numbers of ['refuse', 'tokenize'] as const) assert.equal(screen(body, rule(numbers)).body, body);
});
