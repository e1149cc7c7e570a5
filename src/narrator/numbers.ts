import { percent } from '../policy/phrases.ts';
import type { Subject } from './narrator.ts';
import { moment, money } from './units.ts';

/** Words that are numbers; "one" is mostly a pronoun and is let be. */
const WORDS: Record<string, number> = {
  ...{ zero: 0, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11 },
  ...{ twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19 },
  ...{ twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90 },
  ...{ twice: 2, thrice: 3, dozen: 12, hundred: 100, thousand: 1000, million: 1e6, billion: 1e9 },
};
const NUMBER = /(\d[\d,]*(?:\.\d+)?|\.\d+)(\s*(?:%|per ?cent))?/g;

/**
 * Every number that a text says, in digits or in words, as `6` or, of a share, `97%`. Undefined where it holds digits
 * of another script.
 */
export function numbersIn(text: string): string[] | undefined {
  if (/[^\P{N}0-9]/u.test(text)) return undefined;
  const numbers = [...text.matchAll(NUMBER)].map(
    ([, digits, share]) => `${Number(digits.replaceAll(',', ''))}${share ? '%' : ''}`,
  );
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) {
    const value = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (value !== undefined) numbers.push(String(value));
  }
  return numbers;
}

/** The numbers that may be said of a subject: those of its messages, and its figures as they may be rounded. */
export function numbersOf(subject: Subject): Set<string> {
  const allowed = new Set<string>();
  const say = (text: string) => {
    for (const number of numbersIn(text) ?? []) allowed.add(number);
  };
  const round = (value: number, unit = '') => {
    for (const digits of [0, 1, 2]) allowed.add(`${Number(Math.abs(value).toFixed(digits))}${unit}`);
  };
  const count = (...values: number[]) => {
    for (const value of values) allowed.add(String(value));
  };
  for (const { message, value } of subject.reasons) {
    say(message);
    if (value !== null) round(value);
  }
  count(subject.score);
  if (subject.kind === 'transaction') {
    round(100 * subject.probability, '%');
    say(percent(subject.probability));
    if (subject.amount !== null) {
      say(money(subject.amount, subject.currency));
      round(subject.amount);
    }
    say(moment(subject.time, subject.offsetMinutes));
    for (const { id } of subject.rules) say(id);
    count(subject.rules.length);
    return allowed;
  }
  const { transactions, reviews, declines, entities, similar, similarFrauds, amount, amountAtRisk } = subject;
  count(transactions, reviews, declines, similar, similarFrauds, ...Object.values(entities));
  count(...subject.reasons.map((reason) => reason.transactions));
  for (const value of [amount, amountAtRisk]) {
    say(money(value, subject.currency));
    round(value);
  }
  say(moment(subject.from, 0));
  say(moment(subject.to, 0));
  return allowed;
}
