import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEntry } from '../journal.ts';
import type { Format } from './contents.ts';
import { encodeFrame, entryContents, frameBound } from './frame.ts';
import { mendFrame } from './mend.ts';
import { seeded } from './test-support.ts';

function frameOf(entry: JournalEntry, sequence: number, format: Format): Buffer {
  const contents = entryContents(entry, format);
  const target = Buffer.alloc(frameBound(contents) + 8);
  return target.subarray(0, encodeFrame(target, 0, sequence, sequence - 1, entry, contents));
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

const formats: readonly Format[] = [1, 2];

test('one wrong byte of a frame is put right, wherever it is and whatever it became', () => {
  const random = seeded(3);
  const any = () => 1 + Math.floor(random() * 255);
  const cases = [
    { format: 1, entry: whole, flips: () => [1, 0x80, any()] },
    { format: 1, entry: without, flips: () => [any()] },
    { format: 2, entry: whole, flips: () => [any()] },
  ] as const;
  for (const { format, entry, flips } of cases) {
    const frame = frameOf(entry, 4711, format);
    for (let at = 0; at < frame.length; at++)
      for (const flip of flips()) {
        const hurt = Buffer.from(frame);
        hurt[at] ^= flip;
        assert.deepEqual(mendFrame(hurt, 4711), frame, `byte ${at} ^ ${flip}`);
      }
  }
});

test('what is wrong in more places is left alone, and so is another record', () => {
  const random = seeded(4);
  for (const format of formats) {
    const frame = frameOf(whole, 4711, format);
    const at = () => 60 + Math.floor(random() * (frame.length - 60));
    for (let round = 0; round < 150; round++) {
      const hurt = Buffer.from(frame);
      for (const place of new Set([at(), at(), at(), at()])) hurt[place] ^= 1 + Math.floor(random() * 255);
      const mended = mendFrame(hurt, 4711);
      if (mended) assert.deepEqual(mended, frame);
    }
    assert.equal(mendFrame(frameOf(whole, 4712, format), 4711), undefined);
  }
});
