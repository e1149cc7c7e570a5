import { isLaterEntity } from '../domain/entity.ts';
import { createLayout, type Layout, PLACE_COLUMNS, WORD_COLUMNS } from './layout.ts';

/**
 * What an entity's events keep of each other, besides time, amount and what became of them: words, places, and with whom. A
 * column costs eight bytes an event in every profile of the type, so the types that came later keep what fraud is looked for by.
 *
 * | entity            | keeps                                                                         |
 * | ----------------- | ----------------------------------------------------------------------------- |
 * | core, configured  | words, places, every other core and configured entity                         |
 * | user              | these, network and payee                                                      |
 * | network           | country, user, card, device, ip, merchant, email                              |
 * | mailbox           | user, card, device, ip, merchant                                              |
 * | bin               | country, user, card, device, ip, merchant                                     |
 * | payee             | country, user, card, device, ip                                               |
 */
const LATER: Readonly<Record<string, readonly string[]>> = {
  network: ['country', 'user', 'card', 'device', 'ip', 'merchant', 'email'],
  mailbox: ['user', 'card', 'device', 'ip', 'merchant'],
  bin: ['country', 'user', 'card', 'device', 'ip', 'merchant'],
  payee: ['country', 'user', 'card', 'device', 'ip'],
};
const USER_TOO: readonly string[] = ['network', 'payee'];

/** Fields of an entity's earlier events that are kept: words, `latitude` and `longitude`, and entity types. */
export function counterpartsOf(entity: string, entityTypes: readonly string[]): string[] {
  const words = [...WORD_COLUMNS, ...PLACE_COLUMNS];
  const kept = LATER[entity] ?? [
    ...words,
    ...entityTypes.filter((type) => !isLaterEntity(type) || (entity === 'user' && USER_TOO.includes(type))),
  ];
  return kept.filter((field) => field !== entity && (words.includes(field as never) || entityTypes.includes(field)));
}

/** The column that holds a field. */
export function columnOf(field: string, entityTypes: readonly string[]): string {
  return entityTypes.includes(field) ? `entity:${field}` : field;
}

/** The layouts of all types; `columns` limits them to what is read, by type. `own` is what users' profiles keep of one's own columns. */
export function layoutsOf(
  entityTypes: readonly string[],
  columns?: Readonly<Record<string, readonly string[]>>,
  own: readonly string[] = [],
): Layout[] {
  const kept = (entity: string) => [
    ...counterpartsOf(entity, entityTypes).map((field) => columnOf(field, entityTypes)),
    ...(entity === 'user' ? own : []),
  ];
  return entityTypes.map((name, type) =>
    createLayout(type, entityTypes, columns === undefined ? kept(name) : (columns[name] ?? [])),
  );
}
