import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { arrayJournal } from '../../test/support/array-journal.ts';
import type { ShadowRow, ShadowRows } from '../domain/shadow.ts';
import { compile } from '../features/compile.ts';
import type { Encoding, FeatureDefinition } from '../features/definition.ts';
import { word } from './event.ts';
import type { Serving } from './judge.ts';
import { createShadow } from './shadow.ts';
import { transferOf } from './transfer.ts';

const count: FeatureDefinition = { name: 'n', operation: 'count', entity: 'user', windowSeconds: 3600 };
const category: FeatureDefinition = { name: 'c', operation: 'encoding', field: 'category' };
const amount: FeatureDefinition = { name: 'a', operation: 'amount' };

/** A model that says the sum of its vector, read as log-odds. */
function servingOf(version: string, definitions: FeatureDefinition[], code = 0): Serving {
  const encodings: Record<string, Encoding> = { category: { other: code, codes: [[word('books'), code + 1]] } };
  const features = compile(definitions, { entityTypes: ['user'], encodings });
  return {
    features,
    model: {
      name: 'sum',
      version,
      featureSchema: features.schema,
      features: [...features.names],
      thresholds: { review: 0.5, decline: 0.9 },
      statistics: [],
      score: (vector) => vector.reduce((sum, value) => sum + value, 0),
      explain: () => 0,
      calibrate: (raw) => 1 / (1 + Math.exp(-raw)),
    },
  };
}

function memoryRows(): ShadowRows & { rows: ShadowRow[] } {
  const rows: ShadowRow[] = [];
  return {
    rows,
    read: async () => {},
    addRow: (row) => rows.push(row),
    addLabel: () => {},
    find: (sequence) => rows.find((row) => row.sequence === sequence),
    close: async () => {},
  };
}

const champion = servingOf('champion', [count, category, amount]);

function decision(i: number, version: string | null = 'champion') {
  const transaction = { id: `t${i}`, productCategory: i % 2 ? 'books' : 'food', amountBase: i / 10, time: 1000 * i };
  const model = version === null ? undefined : { name: 'sum', version };
  return {
    type: 'decision' as const,
    at: i,
    key: `t:t${i}`,
    data: { transaction, entities: [7], location: 0, decision: { probability: 0.25, decision: 'approve', model } },
    vector: version === null ? undefined : Float64Array.of(i % 3, 99, i / 10),
  };
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

function shadowing(challenger: Serving, options: { capacity?: number; since?: number } = {}) {
  const journal = arrayJournal();
  const rows = memoryRows();
  const warnings: string[] = [];
  const begin = () =>
    createShadow({
      journal,
      rows,
      challenger,
      since: options.since ?? 0,
      servingOf: (version) => (version === 'champion' ? champion : undefined),
      defer: setImmediate,
      linger: setImmediate,
      log: { warn: (_fields, message) => warnings.push(message) },
      ...(options.capacity ? { capacity: options.capacity } : {}),
    });
  return { journal, rows, warnings, begin };
}

describe('a challenger, scored from the journal', () => {
  const challenger = servingOf('challenger', [amount, category, { ...count, name: 'renamed' }], 2);

  test('its vector: profiles from the stored one by definition, codes its own', async () => {
    const { journal, rows, begin } = shadowing(challenger);
    const shadow = begin();
    for (let i = 1; i <= 100; i++) journal.append(decision(i));
    await turns(60);
    assert.equal(rows.rows.length, 100);
    for (const { sequence: i, champion: by, shadow: of } of rows.rows) {
      const expected = 1 / (1 + Math.exp(-(i / 10 + (i % 2 ? 3 : 2) + (i % 3))));
      assert.ok(Math.abs(of.probability - expected) < 1e-12);
      assert.equal(by.probability, 0.25);
      assert.equal(of.outcome, of.probability >= 0.9 ? 'decline' : 'review');
    }
    assert.equal(shadow.report().count, 100);
    await shadow.close();
  });

  test('what lies between its beginning and now is caught up with; what lies before is not its', async () => {
    const { journal, rows, begin } = shadowing(challenger, { since: 40 });
    for (let i = 1; i <= 100; i++) journal.append(decision(i));
    const shadow = begin();
    for (let i = 101; i <= 120; i++) journal.append(decision(i));
    await turns(60);
    assert.deepEqual(
      rows.rows.map(({ sequence }) => sequence),
      Array.from({ length: 80 }, (_, i) => 41 + i),
    );
    await shadow.close();
    journal.append(decision(121));
    await turns(3);
    assert.equal(rows.rows.length, 80, 'nothing after it was closed');
  });

  test('more than its queue holds is let go, counted, and said once', async () => {
    const { journal, rows, warnings, begin } = shadowing(challenger, { capacity: 30 });
    const shadow = begin();
    await turns(5);
    for (let i = 1; i <= 100; i++) journal.append(decision(i));
    assert.equal(shadow.report().waiting, 30);
    await turns(40);
    assert.equal(rows.rows.length, 30);
    assert.equal(shadow.report().dropped, 70);
    assert.equal(warnings.length, 1);
    journal.append(decision(101));
    await turns(3);
    assert.equal(rows.rows.at(-1)?.sequence, 101, 'and it goes on');
    await shadow.close();
  });

  test('scoring takes small turns: others come in between', async () => {
    const { journal, rows, begin } = shadowing(challenger);
    const shadow = begin();
    await turns(5);
    for (let i = 1; i <= 1000; i++) journal.append(decision(i));
    let most = 0;
    for (let seen = 0; rows.rows.length < 1000; seen = rows.rows.length) {
      await turns(1);
      most = Math.max(most, rows.rows.length - seen);
    }
    assert.ok(most <= 32, `${most} in one turn`);
    await shadow.close();
  });

  test('decisions without a model, or of one that is gone, are skipped and counted', async () => {
    const { journal, begin } = shadowing(challenger);
    const shadow = begin();
    journal.append(decision(1, null), decision(2, 'gone'), decision(3));
    await turns(5);
    assert.deepEqual([shadow.report().count, shadow.report().skipped], [1, 2]);
    await shadow.close();
  });

  test('what the champion’s vectors do not hold is named', () => {
    const further = servingOf('further', [amount, { ...count, name: 'day', windowSeconds: 86_400 }]);
    assert.deepEqual(transferOf(champion, further).missing, ['day']);
    assert.deepEqual(transferOf(champion, challenger).missing, []);
  });
});
