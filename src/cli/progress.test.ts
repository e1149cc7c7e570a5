import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WriteStream } from 'node:tty';
import { createProgress } from './progress.ts';

/** A stream that says it is a terminal and keeps what it is told. */
function screen(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = Object.create(WriteStream.prototype, {
    isTTY: { value: isTTY },
    columns: { value: 120 },
    write: { value: (part: string) => (text += part) !== '' },
    cursorTo: { value: () => true },
    clearLine: { value: () => true },
    moveCursor: { value: () => true },
  }) as NodeJS.WriteStream;
  return { stream, text: () => text };
}

test('draws on a terminal', () => {
  const { stream, text } = screen(true);
  const progress = createProgress('train', 10, { unit: 'trees', stream });
  progress.update(10, 'done soon');
  progress.stop();
  assert.match(text(), /train .*100% \| 10\/10 trees/s);
  assert.match(text(), /done soon/);
});

test('is silent where there is no terminal, and when told to be', () => {
  const pipe = screen(false);
  const quiet = screen(true);
  for (const progress of [
    createProgress('train', 10, { stream: pipe.stream }),
    createProgress('train', 10, { stream: quiet.stream, quiet: true }),
  ]) {
    progress.update(5);
    progress.total(20);
    progress.stop();
  }
  assert.equal(pipe.text() + quiet.text(), '');
});
