import { canonicalAddress } from '../../domain/address.ts';
import { CASE_ENTITIES } from '../../domain/case.ts';
import { country } from '../../domain/countries.ts';
import { CURRENCIES, currencyCode, WITHDRAWN_CURRENCIES } from '../../domain/currency.ts';
import { CURSOR_PATTERN, readCursor } from '../../domain/cursor.ts';
import { parseTime } from '../../intake/time.ts';

interface Format {
  /** Why a text is none, or undefined. */
  fault(text: string): string | undefined;
  /** As the document says it: what is described here is taken. */
  shown: { format?: string; pattern?: string; not?: { type: 'string'; pattern: string } };
}

const fails = (fits: (text: string) => boolean, message: string) => (text: string) =>
  fits(text) ? undefined : message;
/** Of currencies, by their first letter. */
const CODES = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => {
  const codes = [...CURRENCIES, ...WITHDRAWN_CURRENCIES].filter((code) => code.startsWith(letter));
  return `${letter}(?:${codes.map((code) => code.slice(1)).join('|')})`;
});

/** No control characters: JavaScript, Python and Go read it alike. */
const PLAIN = '[^\\x00-\\x1f\\x7f]';
const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const group = '[0-9a-fA-F]{1,4}';
/** RFC 4291 without a dotted end: all eight groups, or `::` once for two or more of them. */
const IPV6 = [
  `(?:${group}:){7}${group}`,
  ...[1, 2, 3, 4, 5, 6].map((n) => `(?:${group}:){${n}}(?::${group}){1,${7 - n}}`),
  `:(?::${group}){1,7}`,
  `(?:${group}:){1,7}:`,
  '::',
].join('|');

/** Up to a year of seconds, minutes, hours, days or weeks. */
const WINDOW = [
  '(?:[1-9]\\d{0,6}|[12]\\d{7})s',
  '(?:[1-9]\\d{0,4}|[1-4]\\d{5})m',
  '(?:[1-9]\\d{0,2}|[1-7]\\d{3})h',
  '(?:[1-9]\\d?|[12]\\d\\d|3[0-5]\\d)d',
  '(?:[1-9]|[1-4]\\d|5[0-2])w',
].join('|');

/**
 * What a text is, where a schema says so by `format`. They are looked at beside the schema's other faults, so that one refusal
 * tells all; a value that passes is read once, by whoever takes it in.
 */
export const FORMATS: Readonly<Record<string, Format>> = {
  instant: {
    fault: fails(
      (text) => (parseTime(text) ?? parseTime(text.replace(' ', '+'))) !== undefined,
      'must be an RFC 3339 time from 1970 on',
    ),
    // A pattern beside a format is more than openapi-generator's Python can do: it would look for it in a date.
    shown: { format: 'date-time', not: { type: 'string', pattern: '^(?:0|1[0-8]|19[0-6])' } },
  },
  ip: {
    fault: fails((text) => canonicalAddress(text) !== undefined, 'must be an IPv4 or IPv6 address'),
    shown: { pattern: `^(?:${byte}(?:\\.${byte}){3}|${IPV6})$` },
  },
  mailbox: {
    fault: fails((text) => /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text), 'must be an e-mail address'),
    shown: { format: 'email', pattern: '^[^\\s@]+@[^\\s@]+$' },
  },
  country: {
    fault: fails((text) => country(text) !== undefined, 'must be an ISO 3166-1 alpha-2 code'),
    shown: { pattern: '^[A-Za-z]{2}$' },
  },
  currency: {
    fault: fails((text) => currencyCode(text) !== undefined, 'must be an ISO 4217 code'),
    shown: { pattern: `^(?:${CODES.join('|')})$` },
  },
  cursor: {
    fault: fails((text) => readCursor(text) !== undefined, 'is not a cursor'),
    shown: { pattern: CURSOR_PATTERN },
  },
  // What follows is read, and refused in words, by the intake and the routes.
  identifier: { fault: () => undefined, shown: { pattern: `^${PLAIN}+$` } },
  searched: {
    fault: fails((text) => /\S/.test(text), 'must have something to look for'),
    shown: { pattern: `^${PLAIN}*[^\\s\\x00-\\x1f\\x7f]${PLAIN}*$` },
  },
  url: {
    fault: () => undefined,
    shown: { pattern: '^https?://(?:[\\w.-]+|\\[[\\da-fA-F:]+\\])(?::\\d{1,4})?(?:[/?][!-~]*)?$' },
  },
  attacked: { fault: () => undefined, shown: { pattern: `^(?:${CASE_ENTITIES.join('|')}):${PLAIN}+$` } },
  part: { fault: () => undefined, shown: { pattern: `^${PLAIN}*$` } },
  window: { fault: () => undefined, shown: { pattern: `^(?:${WINDOW})$` } },
  fortnight: {
    fault: () => undefined,
    shown: { pattern: '^(?:[1-9]\\d{0,5}s|[1-9]\\d{0,3}m|(?:[1-9]\\d?|[12]\\d\\d)h|(?:[1-9]|1[0-4])d|[12]w)$' },
  },
  quarter: { fault: () => undefined, shown: { pattern: '^(?:19[7-9]|20\\d)\\dQ[1-4]$' } },
  month: { fault: () => undefined, shown: { pattern: '^(?:19[7-9]|20\\d)\\d-(?:0[1-9]|1[0-2])$' } },
};
