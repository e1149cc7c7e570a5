import { TRANSACTION_FIELDS } from '../../../domain/fields.ts';

const named = (...kinds: string[]) =>
  Object.entries(TRANSACTION_FIELDS)
    .filter(([, { kind }]) => kinds.includes(kind))
    .map(([name]) => name);

export const FIELDS_BY_KIND = { numbers: named('amount', 'number'), ids: named('id') };
