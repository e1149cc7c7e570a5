import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { CORE_ENTITIES, entityTypesWith } from '../domain/entity.ts';
import { compile } from '../features/compile.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { openJournal } from '../journal/local/journal.ts';
import { ID, LABEL } from '../profiles/layout.ts';
import { createProfiles, type MemoryProfiles } from '../profiles/memory.ts';
import { fingerprint } from '../profiles/profiles.ts';
import { eventOfRecord } from './event.ts';
import { fold } from './fold.ts';

/**
 * A journal that the release before voices wrote, with `ASSAY_ENTITIES` of two types, and what its profiles held at the end:
 * made by commit 4630fe9 with the catalogue that lies beside it.
 */
const fixtures = join(import.meta.dirname, 'fixtures');
const unzipped = (name: string) => gunzipSync(readFileSync(join(fixtures, `before-voices${name}.gz`)));
const then = JSON.parse(unzipped('.json').toString('utf8'));

async function records(): Promise<JournalRecord[]> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-before-'));
  for (const name of ['0000000000000001.index', '0000000000000001.journal', '0000000000000161.journal'])
    writeFileSync(join(directory, name), unzipped(`-${name}`));
  const journal = await openJournal({ directory });
  const all: JournalRecord[] = [];
  for await (const record of journal.read(1)) all.push(record);
  await journal.close();
  rmSync(directory, { recursive: true });
  return all;
}

const state = (profiles: MemoryProfiles) => ({
  ...{ profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set<string>() },
});

test('a journal from before voices is read with the same vectors, the same read sets and the same labels', async () => {
  const entityTypes = entityTypesWith(['terminal', 'shop']);
  const profiles = createProfiles({ entityTypes });
  const extractor = compile(then.catalogue, { entityTypes, encodings: {} });
  let decisions = 0;
  for (const record of await records()) {
    if (record.type === 'decision') {
      decisions++;
      const event = eventOfRecord(record, entityTypes);
      const vector = new Float64Array(extractor.names.length);
      extractor.extract(profiles, event, vector);
      assert.deepEqual(Buffer.from(vector.buffer), Buffer.from(record.vector!.buffer), record.key);
      const readSet = profiles.readSet(event.entities).slice(0, then.entityTypes.length);
      assert.deepEqual(readSet, record.data.readSet);
    }
    fold(state(profiles), record);
  }
  assert.equal(decisions, 150);
  for (const [name, expected] of Object.entries(then.profiles)) {
    const [type, key] = name.split(':');
    const profile = profiles.get(entityTypes.indexOf(type), Number(key))!;
    const cells = (column: number) => {
      const from = profile.offset + column * profile.capacity + profile.start;
      return Array.from(profile.columns.subarray(from, from + profile.count));
    };
    const { total, frauds } = profile;
    const shown = { total, frauds, fingerprint: fingerprint(profile), ids: cells(ID), labels: cells(LABEL) };
    assert.deepEqual(shown, expected, name);
  }
  assert.equal(profiles.size(entityTypes.indexOf('network')), 0, 'recorded keys are never computed from values');
});

test('read under another configuration, no key is taken for one of another type', async () => {
  const seen = (profiles: MemoryProfiles, type: string) => profiles.size(profiles.entityTypes.indexOf(type));
  const folded = async (configured: string[]) => {
    const profiles = createProfiles({ entityTypes: entityTypesWith(configured) });
    for (const record of await records()) fold(state(profiles), record);
    return profiles;
  };
  const same = await folded(['terminal', 'shop']);
  assert.deepEqual([seen(same, 'terminal'), seen(same, 'shop')], [3, 2]);
  // Without those types, and with one of the later ones configured where they had their places.
  for (const configured of [[], ['payee'], ['terminal', 'shop', 'kiosk']]) {
    const profiles = await folded(configured);
    for (const later of ['network', 'mailbox', 'bin', 'payee', 'kiosk'])
      if (profiles.entityTypes.includes(later)) assert.equal(seen(profiles, later), 0, later);
    for (const [type, name] of CORE_ENTITIES.entries()) assert.equal(profiles.size(type), same.size(type), name);
  }
});
