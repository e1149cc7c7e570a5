import Type, { type TSchema } from 'typebox';
import { FIELD_NAMES, type Field, type FieldName, fieldOf } from '../../domain/fields.ts';
import { Currency, Identifier } from './common.ts';

interface Variant {
  /** None is required. */
  optional?: boolean;
  /** null takes a field away that a transaction may do without. */
  nullable?: boolean;
}

/** Fields that always hold something: they can change, not go. */
const KEPT: readonly FieldName[] = ['id', 'userId', 'amount', 'currency', 'transactionDate', 'type'];

/** The schemas of a transaction's fields, by name, as `domain/fields.ts` declares them. */
export function fieldSchemas({ optional, nullable }: Variant = {}): Record<FieldName, TSchema> {
  const schemas: Partial<Record<FieldName, TSchema>> = {};
  for (const name of FIELD_NAMES) {
    const field = fieldOf(name);
    // What a field is stands where it is sent first.
    const plain = schemaOf(nullable ? { ...field, description: undefined } : field);
    const schema = nullable && !KEPT.includes(name) ? { ...plain, type: [plain.type, 'null'] } : plain;
    const typed = Type.Unsafe(schema);
    schemas[name] = field.required && !optional ? typed : Type.Optional(typed);
  }
  return schemas as Record<FieldName, TSchema>;
}

function schemaOf(field: Field): Record<string, unknown> & { type: string } {
  const { description, minimum, maximum, choices } = field;
  const told = description === undefined ? {} : { description };
  switch (field.kind) {
    case 'number':
    case 'amount':
      return { type: 'number', minimum, maximum, ...told };
    case 'flag':
      return { type: 'boolean', ...told };
    case 'metadata':
      return { type: 'object', ...told };
    case 'choice':
      return { type: 'string', enum: choices, ...told };
    case 'digits':
      return {
        type: 'string',
        pattern: `^[0-9]{${minimum === maximum ? minimum : `${minimum},${maximum}`}}$`,
        ...told,
      };
    case 'id':
      return { ...Identifier, ...told };
    case 'currency':
      return { ...Currency, ...told };
    case 'country':
      return { type: 'string', format: 'country', ...told };
    case 'time':
      return { type: 'string', format: 'instant', maxLength: maximum, ...told };
    case 'ip':
      return { type: 'string', format: 'ip', maxLength: maximum, ...told };
    case 'email':
      return { type: 'string', format: 'mailbox', maxLength: maximum, ...told };
    default:
      return { type: 'string', maxLength: maximum, ...told };
  }
}

/** A body for the document. */
export const EXAMPLE: Record<string, unknown> = Object.fromEntries(
  FIELD_NAMES.filter((name) => fieldOf(name).example !== undefined).map((name) => [name, fieldOf(name).example]),
);
