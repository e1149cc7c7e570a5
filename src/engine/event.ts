import { canonicalCountry } from '../domain/countries.ts';
import { CORE_ENTITIES, coreEntity, entityKey, isLaterEntity, keysToday } from '../domain/entity.ts';
import { blankEvent, type Event } from '../domain/event.ts';
import { TRANSACTION_TYPES, type TransactionType } from '../domain/fields.ts';
import { hash53 } from '../domain/hash.ts';
import { recent } from '../domain/recent.ts';
import type { IntakeData, RecordedEntities } from '../domain/records.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { JournalRecord } from '../journal/journal.ts';

/** Where each entity type finds its name in a transaction; configured types name a field, such as `metadata.terminal`. */
export interface EntityNaming {
  entityTypes: readonly string[];
  entityFields: Readonly<Record<string, string>>;
  /** Bits of an IPv6 address that name a network. */
  ipv6Prefix?: number;
}

/** The name of an entity in a transaction, in its one spelling; undefined where it names none. */
export function entityName(transaction: Transaction, type: string, naming: EntityNaming): string | undefined {
  const path = naming.entityFields[type];
  return path === undefined ? coreEntity(type, transaction, naming.ipv6Prefix) : field(transaction, path);
}

/** The keys of a transaction's entities, in the order of the types; into `keys`, where an array is used for many. */
export function entityKeys(
  transaction: Transaction,
  naming: EntityNaming,
  keys: Float64Array = new Float64Array(naming.entityTypes.length),
): Float64Array {
  for (let i = 0; i < keys.length; i++) {
    const type = naming.entityTypes[i];
    keys[i] = entityKey(type, entityName(transaction, type, naming));
  }
  return keys;
}

/** The keys of a record, in the order of `entityTypes`: see `RecordedEntities` for how they lie there. */
export function entitiesOf({ entities, named }: RecordedEntities, entityTypes: readonly string[]): Float64Array {
  const keys = new Float64Array(entityTypes.length);
  const core = Math.min(CORE_ENTITIES.length, keys.length);
  for (let i = 0; i < core; i++) keys[i] = entities[i] ?? 0;
  for (let i = core; i < keys.length; i++) {
    const type = entityTypes[i];
    if (named !== undefined) keys[i] = named[type] ?? 0;
    // A place there was a configured type's, which a later one never was.
    else if (!isLaterEntity(type)) keys[i] = entities[i] ?? 0;
  }
  return keys;
}

/** How a record holds the keys of its event. */
export function recordedEntities(keys: Float64Array, entityTypes: readonly string[]): RecordedEntities {
  let places = entityTypes.length;
  while (places > CORE_ENTITIES.length && isLaterEntity(entityTypes[places - 1])) places--;
  const entities: number[] = [];
  for (let i = 0; i < places; i++) entities.push(keys[i]);
  const named: Record<string, number> = {};
  for (let i = CORE_ENTITIES.length; i < keys.length; i++) if (keys[i] > 0) named[entityTypes[i]] = keys[i];
  return { entities, named };
}

/** The code of a type, as profiles know it; 0, a payment, where it is absent. */
export function typeCode(type: TransactionType | undefined): number {
  return type === undefined ? 0 : TRANSACTION_TYPES.indexOf(type);
}

/**
 * The event of an accepted transaction; into `event`, where one is used for many. The same numbers come of its journal record: see
 * `eventOfRecord`.
 */
export function eventOf(transaction: Transaction, entities: Float64Array, event: Event = blankEvent(entities)): Event {
  event.entities = entities;
  return withNumbers(event, transaction, word(transaction.customerLocation), transaction);
}

/**
 * The event of a decision or an intake as the journal holds it, its keys as they are today: `former` is told of those that were
 * made of another spelling. Coordinates are personal: NaN after an erasure.
 */
export function eventOfRecord(
  record: JournalRecord,
  entityTypes: readonly string[],
  former?: (was: number, is: number) => void,
): Event {
  const data = record.data as unknown as IntakeData;
  // What names its keys was recorded when each thing had one spelling.
  const entities =
    data.named === undefined
      ? entitiesOf({ entities: keysToday(data.entities, record.personal, former) }, entityTypes)
      : entitiesOf(data, entityTypes);
  return withNumbers(blankEvent(entities), data.transaction, data.location, record.personal);
}

function withNumbers(
  event: Event,
  transaction: IntakeData['transaction'],
  location: number,
  place: { latitude?: unknown; longitude?: unknown } | undefined,
): Event {
  event.id = hash53(transaction.id);
  event.type = typeCode(transaction.type);
  event.time = transaction.time;
  event.offsetMinutes = transaction.offsetMinutes;
  event.amount = transaction.amountBase ?? Number.NaN;
  event.country = word(transaction.country && canonicalCountry(transaction.country));
  event.category = word(transaction.productCategory);
  event.channel = word(transaction.channel);
  event.location = location;
  event.latitude = (place?.latitude as number | undefined) ?? Number.NaN;
  event.longitude = (place?.longitude as number | undefined) ?? Number.NaN;
  event.accountAgeDays = transaction.accountAgeDays ?? Number.NaN;
  event.details = transaction;
  event.personal = place;
  event.cells = undefined;
  return event;
}

/** Hash of a word in lower case; 0 where absent. */
export function word(text: string | undefined): number {
  return text ? hashOfWord(text) : 0;
}

const hashOfWord = recent((text) => hash53(text.toLowerCase()));

function field(transaction: Transaction, path: string | undefined): string | undefined {
  let value: unknown = transaction;
  for (const part of path?.split('.') ?? []) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
