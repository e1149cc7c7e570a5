import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ShadowLabel, ShadowRow } from '../../domain/shadow.ts';
import { openShadowRows } from './shadow-rows.ts';

const log = { warn: (fields: object) => assert.fail(JSON.stringify(fields)) };
const row = (sequence: number): ShadowRow => ({
  sequence,
  champion: { probability: sequence / 10_000, outcome: sequence % 3 === 0 ? 'review' : 'approve' },
  shadow: { probability: 1 / (sequence + 1), outcome: sequence % 5 === 0 ? 'decline' : 'approve' },
});

describe('what is kept of a challenger', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-rows-'));
    path = join(folder, 'shadow', 'v.rows');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function everything(): Promise<{ rows: ShadowRow[]; labels: ShadowLabel[] }> {
    const store = openShadowRows(path, log);
    const rows: ShadowRow[] = [];
    const labels: ShadowLabel[] = [];
    await store.read(
      (each) => rows.push(each),
      (each) => labels.push(each),
    );
    await store.close();
    return { rows, labels };
  }

  test('rows and labels come back as they were, and are found at once, written or not', async () => {
    const store = openShadowRows(path, log);
    const rows = Array.from({ length: 6000 }, (_, i) => row(2 * i + 1));
    for (const each of rows) {
      store.addRow(each);
      assert.deepEqual(store.find(each.sequence), each);
      assert.deepEqual(store.find(1), rows[0]);
      assert.equal(store.find(each.sequence + 1), undefined);
      // Lets a write get under way here and there.
      if (each.sequence % 1501 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const label = { sequence: 12_001, decision: 301, fraud: true };
    store.addLabel(label);
    assert.equal(store.find(12_001), undefined, 'a label is no decision');
    await store.close();
    assert.deepEqual(await everything(), { rows, labels: [label] });
    const again = openShadowRows(path, log);
    again.addRow(row(20_001));
    for (const sequence of [1, 5999, 11_999, 20_001]) assert.deepEqual(again.find(sequence), row(sequence));
    assert.equal(again.find(20_002), undefined);
    await again.close();
  });

  test('a torn last entry goes, and what follows is whole', async () => {
    const store = openShadowRows(path, log);
    store.addRow(row(1));
    await store.close();
    appendFileSync(path, Buffer.alloc(13, 7));
    const next = openShadowRows(path, log);
    next.addRow(row(2));
    await next.close();
    assert.deepEqual((await everything()).rows, [row(1), row(2)]);
  });
});
