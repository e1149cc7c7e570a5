import { LABEL_UNKNOWN, type LabelCode, UNRANKED, type Word } from '../domain/event.ts';

/** A voice and its newest word. Voices of one event hang on each other: mostly there is one. */
export interface Voice extends Word {
  /** Place of the word in the log. */
  sequence: number;
  next: Voice | undefined;
}

/** Takes a word in. Free of order, and again changes nothing: the twin of `say` in `domain/label.ts`. */
export function speak(voices: Voice | undefined, word: Word, sequence: number): Voice {
  let own = voices;
  while (own !== undefined && own.voice !== word.voice) own = own.next;
  if (own === undefined) return { ...word, sequence, next: voices };
  const isLater = word.voice === UNRANKED ? sequence > own.sequence : isNewer(word.time, sequence, own);
  if (isLater) {
    own.source = word.source;
    own.rank = word.rank;
    own.time = word.time;
    own.code = word.code;
    own.sequence = sequence;
  }
  return voices!;
}

function isNewer(time: number, sequence: number, than: Voice): boolean {
  return time === than.time ? sequence > than.sequence : time > than.time;
}

/** The label in force: the twin of `effective` in `domain/label.ts`. */
export function inForce(voices: Voice | undefined): LabelCode {
  let found: Voice | undefined;
  for (let one = voices; one !== undefined; one = one.next) {
    if (one.code === LABEL_UNKNOWN || isTakenBack(one, voices)) continue;
    const isFirst =
      found === undefined || (one.rank === found.rank ? isNewer(one.time, one.sequence, found) : one.rank > found.rank);
    if (isFirst) found = one;
  }
  return found?.code ?? LABEL_UNKNOWN;
}

/** What was said before ranks is over once its source has spoken again. */
function isTakenBack(unranked: Voice, voices: Voice | undefined): boolean {
  if (unranked.voice !== UNRANKED) return false;
  let source = voices;
  while (source !== undefined && source.voice !== unranked.source) source = source.next;
  return source !== undefined && isNewer(source.time, source.sequence, unranked);
}
