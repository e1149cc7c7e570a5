import { PAYMENT_EVENT_TYPES } from '../../domain/payment-event.ts';
import type { ListType } from '../../domain/policy.ts';
import type { FeatureRequest } from './request.ts';

/** What a policy may name beside the transaction. */
export interface Environment {
  /** Definitions of the default catalogue; those that training encodes are left out by the check. */
  features: readonly FeatureRequest[];
  /** In the order of the event's entities. */
  entityTypes: readonly string[];
  /** What profiles of an entity keep of whom and what its events met. Undefined: everything. */
  counterparts?: (entity: string) => readonly string[];
  /** Type by name. Undefined: any name passes (nothing is known of lists yet). */
  lists?: ReadonlyMap<string, ListType>;
}

/** Events and labels that `count` may ask for. */
export const OUTCOMES = [...PAYMENT_EVENT_TYPES, 'fraud', 'legitimate'] as const;

/** Fields of words that may be counted as counterparts beside the entity types. */
export const WORDS = ['country', 'category', 'channel', 'location'] as const;
