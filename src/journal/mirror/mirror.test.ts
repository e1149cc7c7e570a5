import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openMirrorFolder } from '../../adapters/mirror/directory.ts';
import { nodeFiles } from '../local/files.ts';
import { repairJournal } from '../local/repair.ts';
import { all, entry, fill, temporary } from '../local/test-support.ts';
import { fetchJournal, restoreMirror, verifyMirror } from './restore.ts';
import type { MirrorStore } from './store.ts';
import { journalIn, type Mirrored, mirrorOf, recordsOf, snapshot } from './test-support.ts';

interface Bench extends Mirrored {
  folder: string;
}

const bench = async (t: TestContext, dataDir = temporary(t), folder = temporary(t)): Promise<Bench> => ({
  ...(await journalIn(t, dataDir)),
  folder,
});

const mirrored = (t: TestContext, { folder, ...here }: Bench, wrap = (store: MirrorStore) => store) =>
  mirrorOf(t, here, async () => wrap(await openMirrorFolder(folder, { write: true })));

const restored = async (folder: string, dataDir: string) =>
  restoreMirror(await openMirrorFolder(folder, { write: false }), dataDir, nodeFiles);

function* filesUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
}

test('a directory that is restored holds every record, vectors bit for bit, and goes on with its mirror', async (t) => {
  const here = await bench(t);
  mkdirSync(join(here.dataDir, 'models', '0123456789abcdef'), { recursive: true });
  writeFileSync(join(here.dataDir, 'models', '0123456789abcdef', 'model.bin'), 'trees');
  const mirror = mirrored(t, here);
  await fill(here.journal, 1, 150);
  await mirror.pass();
  for (let i = 151; i <= 175; i++) {
    await fill(here.journal, i, i);
    await mirror.pass();
  }
  snapshot(here.dataDir, 160);
  await mirror.pass();
  assert.deepEqual([mirror.stats().state, mirror.stats().lagRecords, mirror.stats().through], ['ok', 0, 175]);
  const there = join(temporary(t), 'new');
  const done = await restored(here.folder, there);
  assert.deepEqual([done.through, done.throughAt, done.records, done.begins], [175, entry(175).at, 175, 1]);
  assert.deepEqual([done.snapshots, done.models, done.found, done.missing], [[160], ['0123456789abcdef'], [], []]);
  assert.deepEqual(await recordsOf(there), await all(here.journal));
  assert.equal(readFileSync(join(there, 'models', '0123456789abcdef', 'model.bin'), 'utf8'), 'trees');
  await mirror.close();

  const next = await bench(t, there, here.folder);
  await fill(next.journal, 176, 260);
  const onward = mirrored(t, next);
  await onward.pass();
  assert.equal(onward.stats().through, 260);
  const again = join(temporary(t), 'again');
  await restored(here.folder, again);
  assert.deepEqual(await recordsOf(again), await all(next.journal));
  const open = [...filesUnder(join(here.folder, 'journal'))];
  assert.ok(open.length < 12 * next.journal.status().segments, `${open.length} objects: small ones are joined`);
  await assert.rejects(restored(here.folder, again), /is not empty/);
});

test('wherever a copy is torn off, the mirror holds a beginning of the journal, and the next copy ends it', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 60);
  snapshot(here.dataDir, 50);
  const whole = await all(here.journal);
  for (let at = 1, tornOff = true; tornOff; at++) {
    const folder = temporary(t);
    let calls = 0;
    const torn = (store: MirrorStore): MirrorStore => {
      const cut =
        <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
        (...args: A): Promise<R> =>
          ++calls >= at ? Promise.reject(new Error('gone')) : call(...args);
      return { ...store, put: cut(store.put), remove: cut(store.remove), replaceHead: cut(store.replaceHead) };
    };
    const first = mirrored(t, { ...here, folder }, torn);
    tornOff = await first.pass().then(
      () => false,
      () => true,
    );
    if (tornOff) assert.deepEqual([first.stats().state, first.stats().problem], ['away', 'gone'], `call ${at}`);
    await first.close();
    if (existsSync(join(folder, 'manifest.json'))) {
      const there = join(temporary(t), 'there');
      const { through, found, missing } = await restored(folder, there);
      assert.deepEqual([found, missing], [[], []]);
      assert.deepEqual(await recordsOf(there), whole.slice(0, through), `call ${at}`);
    }
    const second = mirrored(t, { ...here, folder });
    await second.pass();
    const there = join(temporary(t), 'there');
    assert.deepEqual([(await restored(folder, there)).snapshots, await recordsOf(there)], [[50], whole], `call ${at}`);
    const store = await openMirrorFolder(folder, { write: false });
    const { objects } = await verifyMirror(store);
    assert.equal((await store.list()).length, objects + 1, `call ${at}: nothing else is left there but the catalogue`);
    await second.close();
  }
});

test('a flipped byte in any object of the mirror is found, told by a restore, and mended from the journal', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 120);
  snapshot(here.dataDir, 100);
  const mirror = mirrored(t, here);
  await mirror.pass();
  const verified = async () => verifyMirror(await openMirrorFolder(here.folder, { write: false }));
  const objects = [...filesUnder(join(here.folder, 'journal')), ...filesUnder(join(here.folder, 'snapshots'))];
  assert.ok(objects.length > 3);
  for (const path of objects) {
    const bytes = readFileSync(path);
    bytes[bytes.length >>> 1] ^= 0x10;
    writeFileSync(path, bytes);
    assert.equal((await verified()).damaged.length, 1, path);
    const there = join(temporary(t), 'there');
    const { found, missing } = await restored(here.folder, there);
    assert.equal(missing.length, 1, path);
    // A record with one wrong byte is put right by its own checksum.
    assert.ok(path.includes('snapshots') || found.every(({ mended }) => mended !== null), JSON.stringify(found));
    if (!path.includes('snapshots')) assert.deepEqual(await recordsOf(there), await all(here.journal));
    const { mended, damaged } = await mirror.check();
    assert.deepEqual([mended.length, damaged], [1, []], path);
    assert.deepEqual((await verified()).damaged, []);
  }
});

test('an object that is gone is told, with the records that are lost by it', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 120);
  const mirror = mirrored(t, here);
  await mirror.pass();
  await mirror.close();
  const [victim] = [...filesUnder(join(here.folder, 'journal'))].sort();
  renameSync(victim, `${victim}.gone`);
  const { missing, found } = await restored(here.folder, join(temporary(t), 'there'));
  assert.match(missing.join(), /is not there: records in it may be damaged/);
  assert.ok(
    found.some(({ mended, records }) => mended === null && records > 1),
    JSON.stringify(found),
  );
});

test('what is damaged here does not take the place of what is whole there, and is mended from it', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 120);
  const mirror = mirrored(t, here);
  await mirror.pass();
  const path = join(
    here.dataDir,
    'journal',
    readdirSync(join(here.dataDir, 'journal'))
      .filter((name) => name.endsWith('.journal'))
      .sort()[0],
  );
  const before = readFileSync(path);
  const bytes = Buffer.from(before);
  bytes.fill(7, 5_000, 5_900);
  writeFileSync(path, bytes);
  assert.deepEqual(await mirror.check().then(({ mended, damaged }) => [mended, damaged]), [[], []]);
  const fetched = join(here.dataDir, 'fetched');
  const store = await openMirrorFolder(here.folder, { write: false });
  await fetchJournal(store, fetched, () => true, nodeFiles);
  await mirror.close();
  await here.journal.close();
  const { found } = await repairJournal(join(here.dataDir, 'journal'), { copy: fetched });
  assert.deepEqual(
    found.map(({ mended }) => mended),
    ['from the copy'],
  );
  assert.ok(readFileSync(path).subarray(4_096).equals(before.subarray(4_096)));
});

test('what an erasure takes out of records leaves the mirror', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 150);
  const mirror = mirrored(t, here);
  await mirror.pass();
  const holds = (text: string) => [...filesUnder(here.folder)].filter((path) => readFileSync(path).includes(text));
  const names = [3, 77, 150].map((i) => entry(i).personal!.email as string);
  for (const name of names) assert.equal(holds(name).length, 1);
  for (const sequence of [3, 77, 150]) await here.journal.overwrite!(sequence, ({ data }) => ({ data }));
  await mirror.refresh();
  for (const name of names) assert.deepEqual(holds(name), []);
  const there = join(temporary(t), 'there');
  await restored(here.folder, there);
  assert.deepEqual(await recordsOf(there), await all(here.journal));
});

test('a segment that is cut out leaves the mirror for what stays of it, once its base is there', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 200);
  const mirror = mirrored(t, here);
  await mirror.pass();
  assert.equal(mirror.through(), 0, 'without two snapshots nothing may go');
  snapshot(here.dataDir, 150);
  snapshot(here.dataDir, 190);
  await mirror.pass();
  assert.equal(mirror.through(), 150);
  assert.ok((await here.journal.cut!({ beforeAt: entry(120).at, through: mirror.through() })) > 1);
  const { begins } = here.journal.status();
  await mirror.pass();
  const firsts = [...filesUnder(join(here.folder, 'journal'))].filter((path) => path.includes('.journal/'));
  assert.ok(
    firsts.every((path) => Number(/(\d{16})\.journal/.exec(path)![1]) >= begins!),
    'they are gone there too',
  );
  const there = join(temporary(t), 'there');
  const done = await restored(here.folder, there);
  assert.deepEqual([done.begins, done.snapshots], [begins, [150, 190]]);
  assert.deepEqual(await recordsOf(there), await all(here.journal));
  // Another beginning: all of it is copied anew, what is left of the cut segments too.
  const anew = mirrored(t, { ...here, folder: temporary(t) });
  await anew.pass();
  assert.equal(anew.stats().through, 200);
});

test('a mirror has one writer, and holds one journal', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 50);
  const mirror = mirrored(t, here);
  await mirror.pass();

  const second = mirrored(t, here);
  await assert.rejects(second.pass(), /is open in this very process/);
  assert.equal(second.stats().state, 'away');

  const other = await bench(t, temporary(t), here.folder);
  await fill(other.journal, 1, 80);
  const stranger = mirrored(t, other);
  await mirror.close();
  await assert.rejects(stranger.pass(), /mirror of another data directory/);
  assert.equal(stranger.stats().state, 'refused');
  await stranger.close();

  // A copy of the directory that went its own way, and one that is older than the mirror.
  const copied = temporary(t);
  cpSync(here.dataDir, copied, { recursive: true });
  await fill(here.journal, 51, 60);
  const owner = mirrored(t, here);
  await owner.pass();
  await owner.close();
  const twin = await bench(t, copied, here.folder);
  const behind = mirrored(t, twin);
  await assert.rejects(behind.pass(), /reaches record 60, and this journal ends at 50: records are missing here/);
  await behind.close();
  for (let i = 51; i <= 70; i++) await twin.journal.enqueue(entry(i, { at: 5_000 + i })).durable;
  const apart = mirrored(t, twin);
  await assert.rejects(apart.pass(), /two servers went on from one point/);
  await apart.close();

  const occupied = temporary(t);
  writeFileSync(join(occupied, 'holiday.jpg'), 'x');
  await assert.rejects(mirrored(t, { ...here, folder: occupied }).pass(), /is not empty and no mirror: holiday.jpg/);
  assert.ok(statSync(join(occupied, 'holiday.jpg')).size === 1);
  await assert.rejects(mirrored(t, { ...here, folder: join(occupied, 'none') }).pass(), /there is no such folder/);
});

test('a writer whose mirror was taken over stops, and a lost answer is not taken for that', async (t) => {
  const here = await bench(t);
  await fill(here.journal, 1, 20);
  let isLost = false;
  const unsure = (store: MirrorStore): MirrorStore => ({
    ...store,
    async replaceHead(bytes, was) {
      const version = await store.replaceHead(bytes, was);
      if (!isLost) return version;
      isLost = false;
      throw new Error('the answer was lost');
    },
  });
  const mirror = mirrored(t, here, unsure);
  await mirror.pass();
  await fill(here.journal, 21, 30);
  isLost = true;
  await assert.rejects(mirror.pass(), /the answer was lost/);
  await fill(here.journal, 31, 40);
  await mirror.pass();
  assert.deepEqual([mirror.stats().state, mirror.stats().through], ['ok', 40]);
  const path = join(here.folder, 'manifest.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), writer: 9, drawn: 'other' }));
  const taken = readFileSync(path);
  await fill(here.journal, 41, 50);
  await assert.rejects(mirror.pass());
  assert.deepEqual(mirror.stats().state, 'refused');
  assert.match(mirror.stats().problem!, /taken over by another server/);
  await assert.rejects(mirror.pass(), /taken over/);
  assert.ok(readFileSync(path).equals(taken));
});
