/** Which of two classes is fraud, by their names or by what was asked for. */
import { refusal } from './foreign.ts';

/** Words that mean fraud, or that a payment is sound, whatever the language of the rest of the file. */
const FRAUD_WORDS = new Set(['1', 'true', 'yes', 'y', 'fraud', 'fraudulent', 'is_fraud', 'isfraud', 'bad']);
const SOUND_WORDS = new Set([
  ...[
    '0',
    'false',
    'no',
    'n',
    'legit',
    'legitimate',
    'genuine',
    'good',
    'non_fraud',
    'nonfraud',
    'no_fraud',
    'not_fraud',
  ],
  ...['notfraud', 'non_fraudulent', 'not_fraudulent'],
]);

/**
 * The place of fraud among two classes: as asked for, else where one word means fraud and the other does not. Throws
 * `invalid_request` naming the classes where neither is so (−1 and 1, 1 and 2), and for one class or many.
 */
export function fraudPlace(classes: string[], asked: string | undefined, format: string): number {
  const refuse = (what: string) => refusal(format, what);
  const list = classes.map((name) => `"${name}"`).join(', ');
  if (classes.length === 1) {
    throw refuse(`it knows one class only, ${list}: trained on payments of one kind, it says the same of all`);
  }
  if (classes.length !== 2) throw refuse(`it tells ${classes.length} classes apart (${list}); two are supported`);
  if (asked !== undefined) {
    const place = classes.findIndex((name) => same(name, asked));
    if (place < 0) throw refuse(`it has no class "${asked}", but ${list}`);
    return place;
  }
  const words = classes.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  // "-1" is no "1" with a blank before it.
  const place = words.findIndex((word, i) => FRAUD_WORDS.has(word) && SOUND_WORDS.has(words[1 - i]));
  if (place < 0) throw refuse(`its classes are ${list}: say which one is fraud (--fraud-class)`);
  return place;
}

function same(name: string, asked: string): boolean {
  if (name === asked) return true;
  const [a, b] = [name, asked].map((text) => text.trim().toLowerCase());
  if (a === b) return true;
  const truth: Record<string, string> = { true: '1', false: '0' };
  const [x, y] = [truth[a] ?? a, truth[b] ?? b].map((text) => (text === '' ? Number.NaN : Number(text)));
  return x === y;
}
