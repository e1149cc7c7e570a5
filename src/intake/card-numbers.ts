import { holdsCardNumber, replaceCardNumbers } from '../domain/cards.ts';
import { AssayError, type FieldError } from '../domain/errors.ts';
import { Digits } from './digits.ts';

/** What is done with card numbers at the door. */
export interface CardRule {
  numbers: 'refuse' | 'tokenize' | 'allow';
  /** A keyed hash of the digits, as a name that holds no number. */
  token: (digits: string) => string;
}

/** Where people put card numbers: what is free in form, or names the card. Other fields are what they say they are. */
const SCREENED: readonly string[] = [
  ...['cardId', 'metadata', 'note', 'text', 'comment', 'reason', 'description'],
  // Of rules and lists, and the codes that are told of payments.
  ...['name', 'tags', 'reasonCode', 'code', 'scheme'],
  // The expression of a rule: it can name no card that is not here.
  'when',
];
/** What is left of a number's digits: beside its hash they would tell most of the number, so they go where it is hashed. */
const TRUNCATED = ['cardBin', 'cardLast4'] as const;
const MAX_DEPTH = 16;

/** A body as it may be kept, and what to tell of it. */
export interface Screened<T> {
  body: T;
  warnings: string[];
}

/**
 * The body without card numbers, by the rule: the same object where it holds none or may. Throws `card_number` with the path of
 * each, under `at`, and never with anything of the number. `names`: the fields that are looked at.
 */
export function screen<T extends object>(
  body: T,
  rule: CardRule,
  at = '',
  names: readonly string[] = SCREENED,
): Screened<T> {
  if (rule.numbers === 'allow') return { body, warnings: [] };
  const found = names.filter((name) => name in body && holds((body as Record<string, unknown>)[name], 0));
  if (found.length === 0) return { body, warnings: [] };
  if (rule.numbers === 'refuse') throw refusal(found.map((name) => `${at}/${name}`));
  const kept = { ...body } as Record<string, unknown>;
  for (const name of found) kept[name] = replaced(kept[name], rule.token, 0);
  const gone = TRUNCATED.filter((name) => kept[name] !== undefined && kept[name] !== null);
  for (const name of gone) delete kept[name];
  const warnings = [`${found.join(', ')} held a card number, which is replaced by a token.`];
  if (gone.length > 0)
    warnings.push(`${gone.join(', ')} left out: digits of a card number are not kept beside its token.`);
  return { body: kept as T, warnings };
}

function refusal(paths: string[]): AssayError {
  const errors: FieldError[] = paths.map((path) => ({
    path,
    message: 'holds what is a card number by its range, length and check digit',
  }));
  return new AssayError(
    'card_number',
    'Card numbers are not taken here: send a token of yours or of your processor’s instead (cardBin and cardLast4 may go beside it). ' +
      'Or let the server replace them by a keyed hash with CARD_NUMBERS=tokenize, or take them as they are with CARD_NUMBERS=allow.',
    { errors },
  );
}

function holds(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'number') return holdsCardNumber(value);
  if (value instanceof Digits) return holdsCardNumber(value.source);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false;
  for (const name in value)
    if (holdsCardNumber(name) || holds((value as Record<string, unknown>)[name], depth + 1)) return true;
  return false;
}

function replaced(value: unknown, token: CardRule['token'], depth: number): unknown {
  if (typeof value === 'string') return replaceCardNumbers(value, token);
  if (typeof value === 'number') return holdsCardNumber(value) ? token(String(value)) : value;
  if (value instanceof Digits) return holdsCardNumber(value.source) ? token(value.source) : value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, token, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [replaceCardNumbers(name, token), replaced(inner, token, depth + 1)]),
  );
}
