import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effective, type LabelSource, type LabelWord, labelRank, type Statement, voicesFrom } from './label.ts';

type Said = Partial<Statement> & { label: LabelWord; source: LabelSource };
let sequences = 0;
const said = (statement: Said): Statement => {
  const sequence = statement.sequence ?? ++sequences;
  return { pinned: false, time: sequence, ranked: true, ...statement, sequence };
};
const inForce = (...statements: Said[]) => {
  const found = effective(voicesFrom(statements.map(said)));
  return found && `${found.label} by ${found.source}`;
};

test('a label in force: what was pinned, then the scheme, an analyst, the customer', () => {
  const table: [said: Said[], inForce: string | undefined][] = [
    [[], undefined],
    [[{ label: 'fraud', source: 'customer' }], 'fraud by customer'],
    [
      [
        { label: 'legitimate', source: 'analyst' },
        { label: 'fraud', source: 'customer' },
      ],
      'legitimate by analyst',
    ],
    [
      [
        { label: 'fraud', source: 'chargeback' },
        { label: 'legitimate', source: 'analyst' },
      ],
      'fraud by chargeback',
    ],
    [
      [
        { label: 'fraud', source: 'dispute', disputeId: 'd' },
        { label: 'legitimate', source: 'analyst' },
        { label: 'none', source: 'dispute', disputeId: 'd' },
      ],
      'legitimate by analyst',
    ],
    // Another dispute's word is another's.
    [
      [
        { label: 'fraud', source: 'dispute', disputeId: 'd' },
        { label: 'none', source: 'dispute', disputeId: 'e' },
      ],
      'fraud by dispute',
    ],
    // Won later, told earlier.
    [
      [
        { label: 'none', source: 'dispute', disputeId: 'd', time: 20 },
        { label: 'fraud', source: 'dispute', disputeId: 'd', time: 10 },
      ],
      undefined,
    ],
    [
      [
        { label: 'legitimate', source: 'analyst', pinned: true },
        { label: 'fraud', source: 'chargeback' },
      ],
      'legitimate by analyst',
    ],
    // Of one source the newest, by what it says of the time, then by the log.
    [
      [
        { label: 'fraud', source: 'analyst', time: 5 },
        { label: 'legitimate', source: 'analyst', time: 4 },
      ],
      'fraud by analyst',
    ],
    [
      [
        { label: 'fraud', source: 'analyst', time: 5 },
        { label: 'legitimate', source: 'analyst', time: 5 },
      ],
      'legitimate by analyst',
    ],
    [
      [
        { label: 'fraud', source: 'analyst' },
        { label: 'none', source: 'analyst' },
      ],
      undefined,
    ],
    // `none` takes the pin back too; a pinned `none` the pin alone.
    [
      [
        { label: 'fraud', source: 'analyst', pinned: true },
        { label: 'none', source: 'analyst' },
      ],
      undefined,
    ],
    [
      [
        { label: 'legitimate', source: 'analyst' },
        { label: 'fraud', source: 'analyst', pinned: true },
        { label: 'none', source: 'analyst', pinned: true },
      ],
      'legitimate by analyst',
    ],
    [
      [
        { label: 'fraud', source: 'customer', pinned: true },
        { label: 'none', source: 'analyst' },
      ],
      'fraud by customer',
    ],
    // Before ranks: the newest in the log, whoever said it and whenever it happened.
    [
      [
        { label: 'fraud', source: 'chargeback', ranked: false, time: 9 },
        { label: 'legitimate', source: 'customer', ranked: false, time: 1 },
      ],
      'legitimate by customer',
    ],
    // It then speaks for its source beside ranked ones.
    [
      [
        { label: 'fraud', source: 'chargeback', ranked: false },
        { label: 'legitimate', source: 'customer', ranked: false },
        { label: 'fraud', source: 'analyst' },
      ],
      'fraud by analyst',
    ],
    [
      [
        { label: 'fraud', source: 'chargeback', ranked: false },
        { label: 'legitimate', source: 'analyst' },
      ],
      'fraud by chargeback',
    ],
    [
      [
        { label: 'fraud', source: 'chargeback', ranked: false },
        { label: 'none', source: 'chargeback' },
      ],
      undefined,
    ],
    [
      [
        { label: 'fraud', source: 'chargeback', ranked: false },
        { label: 'none', source: 'analyst' },
      ],
      'fraud by chargeback',
    ],
  ];
  for (const [statements, expected] of table)
    assert.equal(inForce(...statements), expected, JSON.stringify(statements));
});

/** The rules read aloud, slowly: for each statement ask whether anything takes it back, then sort. */
function oracle(all: Statement[]): Statement | undefined {
  const later = (a: Statement, b: Statement) => a.time > b.time || (a.time === b.time && a.sequence > b.sequence);
  const lastUnranked = all
    .filter(({ ranked }) => !ranked)
    .sort((a, b) => a.sequence - b.sequence)
    .at(-1);
  const standing = all.filter((statement) => {
    if (statement.label === 'none') return false;
    if (!statement.ranked && statement !== lastUnranked) return false;
    return !all.some((other) => {
      if (other === statement || !other.ranked || other.source !== statement.source) return false;
      if (!later(other, statement) || other.disputeId !== statement.disputeId) return false;
      if (statement.pinned) return other.pinned || other.label === 'none';
      return !other.pinned;
    });
  });
  return standing.sort((a, b) => {
    const ranks = labelRank(b.source, b.pinned) - labelRank(a.source, a.pinned);
    return ranks === 0 ? (later(a, b) ? -1 : 1) : ranks;
  })[0];
}

const statement = fc
  .record({
    label: fc.constantFrom<LabelWord>('fraud', 'legitimate', 'none'),
    source: fc.constantFrom<LabelSource>('chargeback', 'analyst', 'customer', 'dispute'),
    pinned: fc.boolean(),
    disputeId: fc.constantFrom('d', 'e'),
    time: fc.integer({ min: 1, max: 4 }),
    ranked: fc.boolean(),
  })
  .map(({ label, source, pinned, disputeId, time, ranked }): Omit<Statement, 'sequence'> => {
    if (source === 'dispute')
      return { label: label === 'fraud' ? label : 'none', source, pinned: false, disputeId, time, ranked: true };
    if (!ranked) return { label: label === 'none' ? 'fraud' : label, source, pinned: false, time, ranked };
    return { label, source, pinned, time, ranked };
  });

test('in any order, and repeated, words give the label that a slow reading of the rules gives', () => {
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 6 }),
      fc.array(fc.nat({ max: 5 }), { maxLength: 6 }),
      (words, again) => {
        const statements = words.map((word, index): Statement => ({ ...word, sequence: index + 1 }));
        const expected = oracle(statements);
        const repeated = again.filter((index) => index < statements.length).map((index) => statements[index]);
        for (const order of [
          statements,
          statements.toReversed(),
          [...repeated, ...statements],
          [...statements, ...repeated],
        ])
          assert.equal(effective(voicesFrom(order)), expected);
      },
    ),
    { numRuns: 20_000 },
  );
});
