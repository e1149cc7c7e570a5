import { domainToUnicode } from 'node:url';
import { canonicalAddress, canonicalNetwork, networkOf } from './address.ts';
import { canonicalCountry } from './countries.ts';
import { canonicalDomain, emailDomain, mailbox } from './email.ts';
import { hash53After } from './hash.ts';

/** The entities that every installation profiles. A configuration may add more, each named by a field of the transaction. */
export const CORE_ENTITIES = ['user', 'card', 'device', 'ip', 'merchant', 'email'] as const;

/**
 * Those that came later, after the configured ones. Records name their keys, for at the places of the first records there may be
 * those of a type that was configured then.
 */
export const LATER_ENTITIES = ['network', 'mailbox', 'bin', 'payee'] as const;
const LATER: ReadonlySet<string> = new Set(LATER_ENTITIES);
export const isLaterEntity = (type: string): boolean => LATER.has(type);

/** Whether every installation profiles it. */
export const isBuiltIn = (type: string): boolean =>
  LATER.has(type) || (CORE_ENTITIES as readonly string[]).includes(type);

/** All entity types, those that a configuration names between the core ones and those that came later. */
export function entityTypesWith(configured: readonly string[] = []): string[] {
  return [...CORE_ENTITIES, ...configured, ...LATER_ENTITIES.filter((type) => !configured.includes(type))];
}

/**
 * The key under which an entity's profile is kept: a pseudonym, so that profiles outlive the erasure of what they were
 * made from. 0 means that the transaction names no such entity. `value` is in its one spelling: see `canonicalEntity`.
 */
export function entityKey(type: string, value: string | undefined | null): number {
  if (value === undefined || value === null || value === '') return 0;
  let keyOf = keysOf.get(type);
  if (keyOf === undefined) {
    keyOf = hash53After(`${type}\u0000`);
    if (keysOf.size < MOST_TYPES) keysOf.set(type, keyOf);
  }
  return keyOf(value);
}

const keysOf = new Map<string, (value: string) => number>();
/** A configuration has few; a stranger may ask for any. */
const MOST_TYPES = 256;

/**
 * The one spelling under which an entity is profiled, looked up, limited and listed. `text` is what people write: an address, a
 * network or an address in it, a domain or an e-mail address in it. What is none of its type stays as it is.
 */
export function canonicalEntity(type: string, text: string, ipv6Prefix?: number): string {
  switch (type) {
    case 'ip':
      return canonicalAddress(text) ?? text.toLowerCase();
    case 'network':
      return canonicalNetwork(text, ipv6Prefix) ?? text.toLowerCase();
    case 'email':
    case 'emailDomain':
      return (text.includes('@') ? emailDomain(text) : canonicalDomain(text)) ?? text.toLowerCase();
    case 'mailbox':
      return mailbox(text) ?? text.toLowerCase();
    case 'country':
      return canonicalCountry(text);
    default:
      return text;
  }
}

/** What an entity of a core type is named by in a transaction or a view, in its one spelling; undefined where it is not named. */
export function coreEntity(type: string, from: EntitySource, ipv6Prefix?: number): string | undefined {
  switch (type) {
    case 'user':
      return text(from.userId);
    case 'card':
      return text(from.cardId);
    case 'device':
      return text(from.deviceId);
    case 'merchant':
      return text(from.merchantId);
    case 'payee':
      return text(from.payeeId);
    case 'bin':
      return text(from.cardBin);
    case 'ip':
      return typeof from.ip === 'string' ? canonicalEntity('ip', from.ip) : undefined;
    case 'network':
      return typeof from.ip === 'string' ? networkOf(from.ip, ipv6Prefix) : undefined;
    case 'email':
      return emailDomain(text(from.email));
    case 'mailbox':
      return mailbox(text(from.email));
    default:
      return undefined;
  }
}

/** The fields that name core entities. */
export interface EntitySource {
  userId?: unknown;
  cardId?: unknown;
  deviceId?: unknown;
  merchantId?: unknown;
  payeeId?: unknown;
  cardBin?: unknown;
  ip?: unknown;
  email?: unknown;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * How an entity was keyed before it had one spelling: addresses in lower case, domains in lower case. The keys of the usual
 * spellings, to find what was written down under them; the one spelling's own is not among them.
 */
export function formerKeys(type: string, canonical: string): number[] {
  return formerSpellings(type, canonical).map((spelling) => entityKey(type, spelling));
}

function formerSpellings(type: string, canonical: string): string[] {
  if (type === 'email') {
    const unicode = domainToUnicode(canonical);
    const names =
      unicode === '' || unicode === canonical ? [canonical] : [canonical, unicode, unicode.normalize('NFD')];
    return [...names, ...names.map((name) => `${name}.`)].filter((name) => name !== canonical);
  }
  if (type !== 'ip' || canonicalAddress(canonical) === undefined) return [];
  if (!canonical.includes(':')) {
    const [a, b, c, d] = canonical.split('.').map(Number);
    const hex = [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(':');
    return [`::ffff:${canonical}`, `::ffff:${hex}`, `0:0:0:0:0:ffff:${canonical}`, `0:0:0:0:0:ffff:${hex}`];
  }
  const [head, tail] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const groups = tail === undefined ? head : [...head, ...new Array(8 - head.length - tail.length).fill('0'), ...tail];
  const padded = groups.map((group) => group.padStart(4, '0'));
  const short = canonical.split(':').map((group) => (group === '' ? '' : group.padStart(4, '0')));
  return [groups.join(':'), padded.join(':'), short.join(':')].filter((spelling) => spelling !== canonical);
}

const IP = CORE_ENTITIES.indexOf('ip');
const EMAIL = CORE_ENTITIES.indexOf('email');

/**
 * A record's entity keys as they are today. A recorded key is what it is, and is never made anew from a value; but where the value
 * beside it was hashed in another spelling than its one, it is the same entity, and reads as that. `former` is told of each pair.
 */
export function keysToday(
  entities: readonly number[],
  personal: Record<string, unknown> | undefined,
  former?: (was: number, is: number) => void,
): number[] {
  const { ip, email } = personal ?? {};
  let keys = entities as number[];
  const read = (place: number, is: number) => {
    if (is === entities[place]) return;
    if (keys === entities) keys = [...entities];
    keys[place] = is;
    former?.(entities[place], is);
  };
  if (typeof ip === 'string' && entities[IP] > 0) {
    const was = ip.toLowerCase();
    const canonical = canonicalAddress(was);
    if (canonical !== undefined && canonical !== was && entities[IP] === entityKey('ip', was))
      read(IP, entityKey('ip', canonical));
  }
  if (typeof email === 'string' && entities[EMAIL] > 0) {
    const was = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
    const canonical = emailDomain(email);
    if (canonical !== was && entities[EMAIL] === entityKey('email', was)) read(EMAIL, entityKey('email', canonical));
  }
  return keys;
}
