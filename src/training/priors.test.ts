import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankEvent, LABEL_FRAUD, onlyWord } from '../domain/event.ts';
import { compile } from '../features/compile.ts';
import type { FeatureDefinition } from '../features/definition.ts';
import { createProfiles } from '../profiles/memory.ts';
import type { Dataset } from './dataset.ts';
import { applyPrior, learnPrior, roundPrior, withPrior } from './priors.ts';

const entityTypes = ['user'];
const open: FeatureDefinition = { name: 'share', operation: 'everFraudShare', entity: 'user' };

test('a share that training made of both counts is the one that serving computes, bit for bit', () => {
  const profiles = createProfiles({ entityTypes });
  const raw = compile([open], { entityTypes });
  const column: number[] = [];
  const served: number[] = [];
  const out = new Float64Array(1);
  const definitions = withPrior([open], 0.005);
  const serving = compile(definitions, { entityTypes });
  for (let i = 1; i <= 1200; i++) {
    const event = blankEvent(1);
    Object.assign(event, { id: i, time: i * 60_000, type: 0, amount: 1 });
    event.entities[0] = i % 400 === 0 ? 0 : 1 + (i % 3 === 0 ? 1 : 0);
    raw.extract(profiles, event, out);
    column.push(out[0]);
    serving.extract(profiles, event, out);
    served.push(out[0]);
    profiles.learn(event, 2 * i);
    if (i % 7 === 0) profiles.label(event, [onlyWord(LABEL_FRAUD)], 2 * i + 1);
  }
  const data = { features: ['share'], rows: column.length, columns: [Float64Array.from(column)] } as unknown as Dataset;
  applyPrior(data, [open], 0.005);
  assert.deepEqual([...data.columns[0]], served);
  assert.ok(served.some(Number.isNaN) && new Set(served).size > 200);
  // What has its prior is left as it is.
  applyPrior(data, definitions, 0.5);
  assert.deepEqual([...data.columns[0]], served);
});

test('priors are coarse: trained again, a model computes its features in the same way', () => {
  const table: [number, number][] = [
    ...([
      [0.0048, 0.005],
      [0.0053, 0.005],
      [0.0007, 0.0005],
      [0.0009, 0.001],
      [0.035, 0.05],
      [0.5, 0.5],
      [0.0016, 0.002],
    ] as [number, number][]),
  ];
  for (const [share, prior] of table) assert.equal(roundPrior(share), prior);
  const labels = new Uint8Array(1000);
  labels.fill(1, 0, 5);
  assert.equal(learnPrior({ labels, rows: 1000 } as unknown as Dataset), 0.005);
  assert.ok(learnPrior({ labels: new Uint8Array(10), rows: 10 } as unknown as Dataset) > 0);
});
