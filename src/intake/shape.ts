import { didYouMean } from '../domain/nearest.ts';

/** The parts of JSON Schema that say which names an object has. */
export interface ObjectSchema {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, ObjectSchema>>;
  required?: readonly string[];
  additionalProperties?: unknown;
  patternProperties?: unknown;
  items?: ObjectSchema;
  maxItems?: number;
  anyOf?: readonly ObjectSchema[];
  allOf?: readonly ObjectSchema[];
  enum?: readonly unknown[];
  const?: unknown;
  /** `told`: whoever takes the object in tells of unknown names itself. */
  unknownFields?: 'told';
}

/** A name that no schema has. */
export interface UnknownName {
  /** JSON pointer of the object that holds it. */
  at: string;
  name: string;
  /** The names that there are. */
  known: readonly string[];
  /** Whether the object takes no other names: then it is a fault, else it is left out with a warning. */
  refused: boolean;
}

type Walk<R> = (value: unknown, at: string, found: R) => void;
type Fields = Record<string, unknown>;

const MAX_FOUND = 200;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes away every null that stands for an absent field: where the field may be left out and null is no value of it. */
export function nullsDropper(schema: ObjectSchema): ((value: unknown) => void) | undefined {
  const drop = dropping(schema);
  return drop && ((value) => drop(value, '', undefined));
}

function dropping(schema: ObjectSchema): Walk<undefined> | undefined {
  if (schema.anyOf) return branching(schema.anyOf, dropping);
  if (schema.items) return each(schema, dropping(schema.items));
  const { properties, required = [] } = schema;
  if (!properties) return undefined;
  const optional = Object.keys(properties).filter((name) => !required.includes(name) && !takesNull(properties[name]));
  const nested = nestedOf(properties, dropping);
  return (value) => {
    if (!isObject(value)) return;
    for (const name of optional) if (value[name] === null) delete value[name];
    for (const [name, walk] of nested) walk(value[name], '', undefined);
  };
}

function takesNull(schema: ObjectSchema): boolean {
  const { type, anyOf } = schema;
  if (anyOf) return anyOf.some(takesNull);
  if (schema.const !== undefined) return schema.const === null;
  if (schema.enum) return schema.enum.includes(null);
  return type === undefined ? !schema.properties : [type].flat().includes('null');
}

/** Finds every name that the schema does not have; undefined where it has a say on none. */
export function unknownFinder(schema: ObjectSchema): ((value: unknown) => UnknownName[]) | undefined {
  const find = finding(schema);
  return (
    find &&
    ((value) => {
      const found: UnknownName[] = [];
      find(value, '', found);
      return found;
    })
  );
}

function finding(schema: ObjectSchema): Walk<UnknownName[]> | undefined {
  if (schema.unknownFields === 'told') return undefined;
  if (schema.anyOf) return branching(schema.anyOf, finding);
  if (schema.items) return each(schema, finding(schema.items));
  const { properties, additionalProperties: others } = schema;
  if (!properties || schema.patternProperties) return undefined;
  const known = Object.keys(properties);
  const names = new Set(known);
  const nested = nestedOf(properties, finding);
  const open = others !== undefined && others !== false;
  if (open && nested.length === 0) return undefined;
  return (value, at, found) => {
    if (!isObject(value)) return;
    if (!open)
      for (const name in value)
        if (!names.has(name) && found.length < MAX_FOUND) found.push({ at, name, known, refused: others === false });
    for (const [name, walk] of nested) walk(value[name], `${at}/${name}`, found);
  };
}

function nestedOf<R>(
  properties: Readonly<Record<string, ObjectSchema>>,
  of: (schema: ObjectSchema) => Walk<R> | undefined,
) {
  return Object.entries(properties).flatMap(([name, schema]): [string, Walk<R>][] => {
    const walk = of(schema);
    return walk ? [[name, walk]] : [];
  });
}

/** Beyond `maxItems` there is nothing to find: the array is refused. */
function each<R>(
  { maxItems = Number.POSITIVE_INFINITY }: ObjectSchema,
  walk: Walk<R> | undefined,
): Walk<R> | undefined {
  return (
    walk &&
    ((value, at, found) => {
      if (!Array.isArray(value)) return;
      for (let i = 0; i < value.length && i < maxItems; i++) walk(value[i], `${at}/${i}`, found);
    })
  );
}

/** Finds arrays of more items than they may have, before anything looks at each of them; undefined where there are none. */
export function overlongFinder(
  schema: ObjectSchema,
): ((value: unknown) => { path: string; message: string }[]) | undefined {
  const find = overlong(schema);
  return (
    find &&
    ((value) => {
      const found: { path: string; message: string }[] = [];
      find(value, '', found);
      return found;
    })
  );
}

function overlong(schema: ObjectSchema): Walk<{ path: string; message: string }[]> | undefined {
  if (schema.anyOf) return branching(schema.anyOf, overlong);
  const { items, maxItems, properties } = schema;
  if (items) {
    const inner = each(schema, overlong(items));
    return (value, at, found) => {
      if (Array.isArray(value) && maxItems !== undefined && value.length > maxItems)
        found.push({ path: at, message: `must hold at most ${maxItems} items` });
      else inner?.(value, at, found);
    };
  }
  if (!properties) return undefined;
  const nested = nestedOf(properties, overlong);
  if (nested.length === 0) return undefined;
  return (value, at, found) => {
    if (isObject(value)) for (const [name, walk] of nested) walk(value[name], `${at}/${name}`, found);
  };
}

/** Of alternatives the first whose required names are all there; the one there is beside null, whatever is there. */
function branching<R>(
  schemas: readonly ObjectSchema[],
  of: (schema: ObjectSchema) => Walk<R> | undefined,
): Walk<R> | undefined {
  const shapes = schemas.filter(({ type }) => type !== 'null');
  const branches = shapes.map((schema) => ({
    required: shapes.length === 1 ? [] : (schema.required ?? []),
    walk: of(schema),
  }));
  if (branches.every(({ walk }) => walk === undefined)) return undefined;
  return (value, at, found) => {
    if (Array.isArray(value)) for (const { walk } of branches) walk?.(value, at, found);
    if (!isObject(value)) return;
    branches.find(({ required }) => required.every((name) => Object.hasOwn(value, name)))?.walk?.(value, at, found);
  };
}

const TOLD = 5;

/** One sentence on names that were left out, the first few of them. */
export function leftOut(unknown: readonly UnknownName[], what: string): string {
  const told = unknown.slice(0, TOLD).map(({ at, name, known }) => {
    const where = at === '' ? '' : ` in ${at}`;
    return didYouMean(name, known) + where;
  });
  const more = unknown.length > TOLD ? ` and ${unknown.length - TOLD} more` : '';
  return `Not a field of ${what}, and left out: ${told.join(', ')}${more}.`;
}
