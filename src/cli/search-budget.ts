import type { SearchBudget } from '../training/search.ts';

/** `trials=20`, `minutes=5`, or both by a comma. */
export function searchBudget(text: string): SearchBudget {
  const budget: SearchBudget = {};
  for (const part of text.split(',')) {
    const [name, value] = part.split('=');
    const number = Number(value);
    const sound = value !== '' && number > 0 && (name === 'minutes' || (name === 'trials' && Number.isInteger(number)));
    if (!sound) throw new Error(`--search takes trials=20, minutes=5 or both by a comma, not ${text}.`);
    budget[name as keyof SearchBudget] = number;
  }
  return budget;
}
