import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { foundTeam, SOLO, TeamLost } from './team.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-team-'));
after(() => rmSync(directory, { recursive: true, force: true }));

/** A script for the other threads that joins with `body`. */
function script(name: string, body: string): URL {
  const file = join(directory, `${name}.mjs`);
  const team = pathToFileURL(join(import.meta.dirname, 'team.ts'));
  writeFileSync(file, `import { joinTeam } from '${team}';\njoinTeam((team, data) => {${body}});\n`);
  return pathToFileURL(file);
}

const countUp = script(
  'count',
  `const counts = new Int32Array(data);
   for (let round = 0; round < 2000; round++) { counts[team.thread] = round; team.barrier(); team.barrier(); }`,
);

test('after a barrier each thread sees what all wrote before it', () => {
  const shared = new SharedArrayBuffer(16);
  const counts = new Int32Array(shared);
  const team = foundTeam(3, countUp, shared);
  try {
    for (let round = 0; round < 2000; round++) {
      counts[0] = round;
      team.barrier();
      assert.deepEqual([...counts.subarray(0, 3)], [round, round, round]);
      team.barrier();
    }
  } finally {
    team.close();
  }
});

test('a thread that throws fails the team instead of leaving it waiting', () => {
  const throwing = script('throwing', "team.barrier(); if (team.thread === 2) throw new Error('no'); team.barrier();");
  const team = foundTeam(3, throwing, null);
  assert.throws(() => {
    team.barrier();
    team.barrier();
  }, TeamLost);
  team.close();
});

test('a thread that never comes is given up', () => {
  const absent = script('absent', 'return;');
  const team = foundTeam(2, absent, null, 300);
  assert.throws(() => team.barrier(), /did not come within 300 ms/);
  assert.throws(() => team.barrier(), TeamLost);
  team.close();
});

test('threads end when the team is closed, wherever they are', async () => {
  const shared = new SharedArrayBuffer(16);
  const waiting = script('waiting', 'team.barrier(); new Int32Array(data)[0] = 1; team.barrier(); team.barrier();');
  const team = foundTeam(2, waiting, shared);
  team.barrier();
  team.close();
  const late = setTimeout(() => assert.fail('a thread lives on'), 10_000);
  await team.ended;
  clearTimeout(late);
});

test('alone there is nobody to wait for', () => {
  SOLO.barrier();
  assert.deepEqual([SOLO.thread, SOLO.threads], [0, 1]);
});
