import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEntry } from '../journal.ts';
import { encodeFrame, entryTexts, frameBound } from './frame.ts';
import { mendFrame } from './mend.ts';
import { seeded } from './test-support.ts';

function frameOf(entry: JournalEntry, sequence: number): Buffer {
  const texts = entryTexts(entry);
  const target = Buffer.alloc(frameBound(texts, entry.vector) + 8);
  return target.subarray(0, encodeFrame(target, 0, sequence, sequence - 1, entry, texts));
}

const whole: JournalEntry = {
  ...{ type: 'decision', at: 1_790_000_000_000, key: 't:ord_1', aliases: ['i:abc'] },
  ...{
    data: { amount: 12.5, cardId: 'c_1', reasons: ['a', 'b'] },
    personal: { name: 'Ida', email: 'ida@example.com' },
  },
  vector: Float64Array.of(1.5, Number.NaN, -3e-9),
};
const { personal: _, ...without } = whole;

test('one wrong byte of a frame is put right, wherever it is and whatever it became', () => {
  const random = seeded(3);
  for (const entry of [whole, without]) {
    const frame = frameOf(entry, 4711);
    for (let at = 0; at < frame.length; at++)
      for (const flip of [1, 0x80, 1 + Math.floor(random() * 255)]) {
        const hurt = Buffer.from(frame);
        hurt[at] ^= flip;
        assert.deepEqual(mendFrame(hurt, 4711), frame, `byte ${at} ^ ${flip}`);
      }
  }
});

test('what is wrong in more places is left alone, and so is another record', () => {
  const random = seeded(4);
  const frame = frameOf(whole, 4711);
  const at = () => 60 + Math.floor(random() * (frame.length - 60));
  for (let round = 0; round < 300; round++) {
    const hurt = Buffer.from(frame);
    for (const place of new Set([at(), at(), at(), at()])) hurt[place] ^= 1 + Math.floor(random() * 255);
    const mended = mendFrame(hurt, 4711);
    if (mended) assert.deepEqual(mended, frame);
  }
  assert.equal(mendFrame(frameOf(whole, 4712), 4711), undefined);
});
