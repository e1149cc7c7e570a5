import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import asc from 'assemblyscript/asc';
import { createKernel } from './kernel.ts';

test('the committed module is what its source compiles to, byte for byte', async () => {
  const built = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      '--baseDir',
      join(import.meta.dirname, '../..'),
      '--config',
      'src/kernel/assembly/asconfig.json',
      '-o',
      'kernel.wasm',
    ],
    { writeFile: (name, contents) => void built.set(name, contents as unknown as Uint8Array) },
  );
  assert.equal(error, null, stderr.toString());
  const committed = readFileSync(join(import.meta.dirname, 'kernel.wasm'));
  assert.ok(committed.equals(built.get('kernel.wasm')!), 'run `npm run kernel:build` and commit kernel.wasm');
});

test('arrays are aligned, zeroed, do not overlap and outlive growth of the memory', () => {
  const kernel = createKernel();
  const first = kernel.uint8(3).fill(7);
  const second = kernel.float64(2);
  assert.equal(first.byteOffset % 16, 0);
  assert.equal(second.byteOffset % 16, 0);
  second[0] = 1.5;
  const large = kernel.float32(1_000_000);
  assert.ok(large.every((x) => x === 0));
  large.fill(3);
  assert.deepEqual([...first], [7, 7, 7]);
  assert.deepEqual([...second], [1.5, 0]);
});

test('arrays made after another memory grew are of their own memory', () => {
  const [one, other] = [createKernel(), createKernel()];
  const before = one.float64(1);
  other.float64(1_000_000);
  const after = one.float64(1);
  assert.equal(one.address(after), one.address(before) + 16);
  assert.ok(one.owns(after));
  assert.ok(!other.owns(after));
});

test('a worker thread works on the arrays of the thread that made them', async () => {
  const kernel = createKernel();
  const target = kernel.float64(4).fill(1);
  const source = kernel.float64(4).fill(2);
  const code = `
    const { workerData } = require('node:worker_threads');
    import(workerData.path).then(({ createKernel }) => {
      const kernel = createKernel(workerData.memory);
      kernel.run.addPairs(workerData.target, workerData.source, 2);
    });`;
  const worker = new Worker(code, {
    eval: true,
    workerData: {
      path: join(import.meta.dirname, 'kernel.ts'),
      memory: kernel.memory,
      target: target.byteOffset,
      source: source.byteOffset,
    },
  });
  await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  assert.deepEqual([...target], [3, 3, 3, 3]);
  assert.throws(() => createKernel(kernel.memory).float64(1), /allocates/);
});
