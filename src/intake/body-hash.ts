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
const SORTED = [...FIELD_NAMES].sort();
const FORMER_SORTED = SORTED.filter((name) => FORMER.has(name));
const LATER = SORTED.filter((name) => !FORMER.has(name));

/** Tells a repetition from another body. */
export function bodyHashes(body: Record<string, unknown>): BodyHashes {
  const bodyHash = digest(textOf(body, SORTED));
  if (LATER.every((name) => isAbsent(body[name])) && !holdsDigits(body)) return { bodyHash };
  // Rounded, as that version read numbers.
  const seen = Object.fromEntries(FORMER_SORTED.map((name) => [name, body[name]]));
  return { bodyHash, formerHash: digest(textOf(JSON.parse(JSON.stringify(seen)), FORMER_SORTED)) };
}

/** In the fields that count: what else stands in a body may be nested as deep as it likes. */
const holdsDigits = (body: Record<string, unknown>): boolean =>
  SORTED.some((name) => body[name] instanceof Digits) || digitsIn(body.metadata).length > 0;

function textOf(body: Record<string, unknown>, names: readonly FieldName[]): string {
  const parts: string[] = [];
  for (const name of names) {
    const value = body[name];
    // Metadata stood as text within the text.
    if (!isAbsent(value))
      parts.push(`"${name}":${name === 'metadata' ? JSON.stringify(canonical(value)) : canonical(value)}`);
  }
  return `{${parts.join(',')}}`;
}

const digest = (text: string) => sha256(text).slice(0, 32);
