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
import type { Operation } from './plan.ts';
import { risk } from './risk.ts';
import { time } from './time.ts';
import { together } from './together.ts';
import { velocity } from './velocity.ts';

/** Every operation that a definition may name. */
export const operations: Readonly<Record<string, Operation>> = {
  ...velocity,
  ...amount,
  ...maximum,
  ...geography,
  ...identity,
  ...time,
  ...risk,
  ...otherParty,
  ...outcomes,
  ...lifetime,
  ...together,
  ...links,
  ...own,
};

/** Whether a feature is of more than its transaction: some that name no entity read the past of several. */
export const readsPast = ({ entity, operation }: FeatureDefinition): boolean =>
  entity !== undefined || Object.hasOwn(together, operation) || Object.hasOwn(links, operation);
