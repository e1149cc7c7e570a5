import { FIELD_NAMES, type FieldName } from '../domain/fields.ts';
import { canonical, sha256 } from './canonical.ts';
import { Digits } from './digits.ts';
import { digitsIn } from './metadata.ts';
import { isAbsent } from './transaction.ts';

export interface BodyHashes {
  /** Over the fields that count, in a fixed order, digits as they were sent. */
  bodyHash: string;
  /** The same as the first version made it, of the fields and digits that it saw; only where it differs. */
  formerHash?: string;
}

const FORMER = new Set<FieldName>([
  ...(['id', 'userId', 'amount', 'currency', 'productCategory', 'customerLocation', 'accountAgeDays'] as const),
  ...(['transactionDate', 'merchantId', 'cardId', 'deviceId', 'ip', 'email', 'country'] as const),
  ...(['latitude', 'longitude', 'channel', 'metadata'] as const),
]);
const KNOWN = new Set<string>(FIELD_NAMES);

/** Tells a repetition from another body. */
export function bodyHashes(body: Record<string, unknown>): BodyHashes {
  // By what the body holds, which is a few of all there are; what does not count may be nested as deep as it likes.
  const names = Object.keys(body)
    .filter((name) => KNOWN.has(name) && !isAbsent(body[name]))
    .sort() as FieldName[];
  const bodyHash = digest(textOf(body, names));
  if (names.every((name) => FORMER.has(name)) && !holdsDigits(body, names)) return { bodyHash };
  const former = names.filter((name) => FORMER.has(name));
  // Rounded, as that version read numbers.
  const seen = Object.fromEntries(former.map((name) => [name, body[name]]));
  return { bodyHash, formerHash: digest(textOf(JSON.parse(JSON.stringify(seen)), former)) };
}

const holdsDigits = (body: Record<string, unknown>, names: readonly FieldName[]): boolean =>
  names.some((name) => body[name] instanceof Digits) || digitsIn(body.metadata).length > 0;

function textOf(body: Record<string, unknown>, names: readonly FieldName[]): string {
  let text = '';
  for (const name of names) {
    // Metadata stood as text within the text.
    const value = name === 'metadata' ? JSON.stringify(canonical(body[name])) : canonical(body[name]);
    text += `${text === '' ? '{' : ','}"${name}":${value}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

const digest = (text: string) => sha256(text).slice(0, 32);
