import Type from 'typebox';
import { UNKEPT_FILTERS } from '../../domain/saved-view.ts';
import { ListQuery } from './transactions.ts';

/** Views of the list of payments, for the dashboard alone. */

const { bom: _, limit: __, cursor: ___, total: ____, ...all } = ListQuery.properties;
const kept = Object.fromEntries(
  Object.entries(all).filter(([name]) => !(UNKEPT_FILTERS as readonly string[]).includes(name)),
);

const name = Type.String({ minLength: 1, maxLength: 100 });
const filters = Type.Unsafe<Record<string, string | number>>(
  Type.Object(kept, {
    description: 'As the list’s parameters; whose payments is not kept',
    additionalProperties: false,
  }),
);
export const ViewBody = Type.Object({ name, filters, shared: Type.Optional(Type.Boolean()) });
export const ViewChange = Type.Object(
  { name: Type.Optional(name), filters: Type.Optional(filters), shared: Type.Optional(Type.Boolean()) },
  { minProperties: 1 },
);
