import { hash53 } from './hash.ts';

/** The entities that every installation profiles. A configuration may add more, each named by a field of the transaction. */
export const CORE_ENTITIES = ['user', 'card', 'device', 'ip', 'merchant', 'email'] as const;

/**
 * The key under which an entity's profile is kept: a pseudonym, so that profiles outlive the erasure of what they were
 * made from. 0 means that the transaction names no such entity.
 */
export function entityKey(type: string, value: string | undefined | null): number {
  if (value === undefined || value === null || value === '') return 0;
  return hash53(`${type}\u0000${value}`);
}

/** The e-mail domain in lower case, or undefined where there is none. */
export function emailDomain(email: string | undefined): string | undefined {
  if (!email) return undefined;
  const at = email.lastIndexOf('@');
  return at >= 0 && at < email.length - 1 ? email.slice(at + 1).toLowerCase() : undefined;
}
