import { FIELD_NAMES } from '../domain/fields.ts';
import { didYouMean } from '../domain/nearest.ts';
import { recent } from '../domain/recent.ts';

const KNOWN = new Set<string>(FIELD_NAMES);
const NAMES_TOLD = 5;
const NAME_CHARACTERS = 40;

/** A few names of a client's as a warning may hold them. */
export function told(names: readonly string[], shown = quoted): string {
  const more = names.length > NAMES_TOLD ? ` and ${names.length - NAMES_TOLD} more` : '';
  return `${names.slice(0, NAMES_TOLD).map(shown).join(', ')}${more}`;
}

export const quoted = (name: string): string => JSON.stringify(name.slice(0, NAME_CHARACTERS));

/** A field that is misspelt would go unnoticed, and with it what the payment is decided from. */
export function warnOfUnknown(body: object, warnings: string[]): void {
  const unknown: string[] = [];
  for (const name in body) if (!KNOWN.has(name)) unknown.push(name);
  if (unknown.length > 0) warnings.push(`Not a field of a transaction, and left out: ${told(unknown, meant)}.`);
}

/** Who misspells a name does so in every payment. */
const meant = recent((name) => didYouMean(name, KNOWN));
