import { canonicalAddress, networkOf } from '../../domain/address.ts';
import { canonicalCountry, country } from '../../domain/countries.ts';
import { canonicalDomain, emailDomain, mailbox } from '../../domain/email.ts';
import type { ListType } from '../../domain/policy.ts';
import { canonicalBlock } from './blocks.ts';

/** UTF-16 units of a value at most. */
export const MAX_VALUE = 320;

export type Value = { value: string } | { refused: string };

/** A value for a list of this type in its one spelling, or why it cannot be one, in words. */
export function entryValue(type: ListType, text: string): Value {
  const trimmed = text.trim();
  if (trimmed === '') return { refused: 'A value is empty.' };
  if (trimmed.length > MAX_VALUE) return { refused: `A value has at most ${MAX_VALUE} characters.` };
  if (type === 'ip')
    return or(canonicalBlock(trimmed), 'It is no IP address, and no block of them such as 203.0.113.0/24.');
  if (type === 'bin')
    return or(canonicalBins(trimmed), 'It is no BIN (2 to 8 digits), and no range of them such as 411111-411119.');
  if (type === 'network' && trimmed.includes('/')) {
    return or(canonicalBlock(trimmed), 'It is no network such as 203.0.113.0/24 or 2001:db8::/64.');
  }
  if (type === 'country' && !/^[A-Za-z]{2}$/.test(canonicalCountry(trimmed))) {
    return { refused: 'It is no country code of two letters (ISO 3166-1).' };
  }
  if (type === 'email' && !/^[^@\s]+@[^@\s]+$/.test(trimmed)) return { refused: 'It is no e-mail address.' };
  if ((type === 'email' || type === 'mailbox') && trimmed.startsWith('*@')) {
    return { refused: 'It is no e-mail address; a list of type emailDomain holds whole domains.' };
  }
  if (type === 'emailDomain' && !DOMAIN.test(trimmed.slice(trimmed.lastIndexOf('@') + 1))) {
    return { refused: 'It is no domain name; an entry is one domain, without those below it and without wildcards.' };
  }
  return or(lookupValue(type, trimmed), REFUSED[type] ?? 'It is no value of this list.');
}

/** What is to be told of a value that is listed as one that says more, or another thing, than was written; undefined where it is not. */
export function takenAs(type: ListType, text: string, value: string): string | undefined {
  const written = text.trim();
  if (type === 'country') return country(written)?.warning;
  const isWider =
    (type === 'emailDomain' && written.includes('@')) ||
    (type === 'network' && !written.includes('/')) ||
    (written.includes('/') && (type === 'network' || type === 'ip') && hasHost(written, value));
  return isWider ? `${written} is listed as ${value}.` : undefined;
}

/** Whether an address stands where the first of its block should. */
const hasHost = (written: string, block: string) =>
  canonicalAddress(written.slice(0, written.indexOf('/'))) !== block.split('/', 1)[0];

const or = (value: string | undefined, refused: string): Value => (value === undefined ? { refused } : { value });

/** Labels with dots between them in any script, or an address literal. */
const DOMAIN =
  /^(?:\[[^\]\s]+\]|[^\s*,;/.\u3002\uff0e\uff61]+(?:[.\u3002\uff0e\uff61][^\s*,;/.\u3002\uff0e\uff61]+)*[.\u3002\uff0e\uff61]?)$/;

const REFUSED: Partial<Record<ListType, string>> = {
  network: 'It is no network, and no address in one.',
  mailbox: 'It is no e-mail address.',
  emailDomain: 'It is no domain name.',
};

/**
 * What a value of a transaction is looked up as: an e-mail address in a list of domains is its domain, an address in a list of
 * networks its network. Undefined: it cannot be in such a list.
 */
export function lookupValue(type: ListType, text: string): string | undefined {
  switch (type) {
    case 'ip':
      return canonicalAddress(text);
    case 'network':
      return text.includes('/') ? canonicalBlock(text) : networkOf(text);
    case 'email': {
      const at = text.lastIndexOf('@');
      const domain = emailDomain(text);
      return domain === undefined ? undefined : `${text.slice(0, at).toLowerCase()}@${domain}`;
    }
    case 'mailbox':
      return mailbox(text);
    case 'emailDomain':
      return text.includes('@') ? emailDomain(text) : canonicalDomain(text);
    case 'country':
      return canonicalCountry(text).toUpperCase();
    case 'bin':
      return /^\d{2,19}$/.test(text) ? text.slice(0, 8) : undefined;
    default:
      return text;
  }
}

const BINS = /^(\d{2,8})(?:\s*-\s*(\d{2,8}))?$/;

/** `411111` (all that begins so), or a range of such with as many digits on both sides. */
function canonicalBins(text: string): string | undefined {
  const match = BINS.exec(text.replace(/^(\d[\d ]*\d)$/, (digits) => digits.replaceAll(' ', '')));
  if (match === null) return undefined;
  const [, low, high] = match;
  if (high === undefined || high === low) return low;
  return low.length === high.length && low < high ? `${low}-${high}` : undefined;
}
