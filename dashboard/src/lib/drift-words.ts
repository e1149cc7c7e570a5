import { knownWords } from './feature-words.ts';
import { capital } from './format.ts';

const OTHERS: Record<string, string> = {
  score: 'Score',
  '#flagged': 'Held or declined',
  '#declined': 'Declined',
  '#country given': 'Country was sent',
  '#channel given': 'Channel was sent',
  '#merchantId given': 'Merchant was sent',
};
const SEGMENT = /^@(country|channel|merchantId):(.*):(score|amount)$/s;

/** What is looked at, in words; a feature that nobody here named is shown by its name. */
export function seriesWords(name: string): string {
  const [, field, value, what] = SEGMENT.exec(name) ?? [];
  if (field) return `${capital(what)}, ${field === 'merchantId' ? 'merchant' : field} ${value}`;
  return OTHERS[name] ?? capital(knownWords(name) ?? name);
}

/** The merchant whose payments a series is of, where it is of one merchant's. */
export function merchantOf(name: string): string | undefined {
  const [, field, value] = SEGMENT.exec(name) ?? [];
  return field === 'merchantId' ? value : undefined;
}
