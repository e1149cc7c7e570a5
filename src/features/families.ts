import { amount } from './amount.ts';
import type { FeatureDefinition } from './definition.ts';
import { geography } from './geography.ts';
import { identity } from './identity.ts';
import { lifetime } from './lifetime.ts';
import { links } from './links.ts';
import { maximum } from './maximum.ts';
import { outcomes } from './outcomes.ts';
import { own } from './own.ts';
import { otherParty } from './party.ts';
import { risk } from './risk.ts';
import { time } from './time.ts';
import { together } from './together.ts';
import { velocity } from './velocity.ts';

/** What only those know who sent it. */
export const OWN_COLUMNS = 'own columns';

/** What people call the families of operations; what is read of a payment alone is its own. */
const FAMILIES: readonly [name: string, operations: object][] = [
  ['amounts', { ...amount, ...maximum }],
  ['times', time],
  ['places', geography],
  ['counts and sums', velocity],
  ['new and known', identity],
  ['refusals', outcomes],
  ['long memory', lifetime],
  ['frauds of late', { ...risk, ...otherParty }],
  ['frauds together', together],
  ['who belongs together', links],
  [OWN_COLUMNS, own],
];
/** How much is known at all of an entity: counted with its whole life, wherever it is computed. */
const LIFE: ReadonlySet<string> = new Set(['total', 'knownDays']);

/** The family that a report counts a feature to. */
export function familyOf({ operation, parameters }: FeatureDefinition): string {
  if (LIFE.has(operation)) return 'long memory';
  // Out of fold: the words of one's own columns.
  if (operation === 'encoding') return parameters?.folds === undefined ? 'words' : OWN_COLUMNS;
  return FAMILIES.find(([, operations]) => Object.hasOwn(operations, operation))?.[0] ?? 'others';
}
