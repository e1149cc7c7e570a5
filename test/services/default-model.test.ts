/** The shipped model is what today's code trains. Training it whole again is `npm run test:model`: minutes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { firstRows, firstRowsFile } from '../../scripts/first-rows.ts';
import { DEFAULT_STREAM, generatedCsv } from '../../src/cli/generated-history.ts';
import { defaultModelDir } from '../../src/cli/paths.ts';
import { defaultCatalogue } from '../../src/features/catalogue.ts';
import { loadArtifact } from '../../src/models/artifact.ts';
import { featureSchemaHash } from '../../src/models/canonical.ts';
import { TREES_DEFAULTS } from '../../src/training/gbdt/options.ts';
import { optionsFor, presetOf } from '../../src/training/presets.ts';

const { head, catalogue } = loadArtifact(defaultModelDir);
const AGAIN = 'npm run train:default trains it again';

test('the shipped model knows the features of today, and was trained by the recipe of today', () => {
  assert.deepEqual(catalogue, JSON.parse(JSON.stringify(defaultCatalogue)), AGAIN);
  assert.equal(head.featureSchema, featureSchemaHash(defaultCatalogue as never), AGAIN);
  const preset = presetOf('assay', 'shipped');
  const { seed, ...stream } = DEFAULT_STREAM;
  const recipe = { ...TREES_DEFAULTS, ...optionsFor(preset, 'trees'), seed, learner: 'trees', resample: 'none' };
  assert.deepEqual(
    head.lineage.options,
    { ...recipe, ...stream, format: 'generated', delayDays: preset.delayDays },
    AGAIN,
  );
});

test('the whole stream that it was trained on is, to the byte, what the generator writes today', () => {
  const hash = createHash('sha256');
  for (const _ of generatedCsv(DEFAULT_STREAM, (text) => hash.update(text)));
  assert.equal(hash.digest('hex'), head.lineage.dataSha256, AGAIN);
});

test('the first rows of the stream give the vectors, and these the trees, that they gave when it was trained', async () => {
  const then = JSON.parse(readFileSync(firstRowsFile, 'utf8'));
  assert.deepEqual(await firstRows([1, 2]), then, AGAIN);
});
