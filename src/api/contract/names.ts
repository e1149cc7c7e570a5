import { canonical } from '../../intake/canonical.ts';
import * as backtests from './backtests.ts';
import * as cards from './cards.ts';
import * as cases from './cases.ts';
import * as common from './common.ts';
import { documented, LITERAL } from './documented.ts';
import * as ledgers from './ledgers.ts';
import * as life from './life.ts';
import * as models from './models.ts';
import * as operations from './operations.ts';
import * as policy from './policy.ts';
import * as transactions from './transactions.ts';
import * as webhooks from './webhooks.ts';

/** Every file that declares schemas of the document. */
export const FILES = {
  transactions,
  common,
  backtests,
  cases,
  cards,
  ledgers,
  life,
  models,
  operations,
  policy,
  webhooks,
};

/** Names that clients know a thing by, where that is not its export's. */
const KNOWN_AS: Readonly<Record<string, string>> = {
  Decided: 'Decision',
  Model: 'ModelName',
  Entity: 'EntityName',
};

/**
 * The names of schemas in the document, by their canonical JSON as documented. What a file of this folder exports under a name
 * in upper case is a schema of its own there: `CaseShown` is `Case`, `LabelBody` is `LabelInput`, anything else as it is called;
 * where that is taken, the export's own name stays.
 */
function schemaNames(): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const file of Object.values(FILES))
    for (const [exported, schema] of Object.entries(file as Record<string, unknown>)) {
      if (
        typeof schema !== 'object' ||
        schema === null ||
        !('~kind' in schema || 'type' in schema || 'anyOf' in schema)
      )
        continue;
      const isWord = 'enum' in schema;
      if (!isWord && !/^[A-Z][a-z]/.test(exported)) continue;
      const text = canonical(documented(JSON.parse(JSON.stringify(schema))));
      const name =
        KNOWN_AS[exported] ??
        capital(exported)
          .replace(/Shown$/, '')
          .replace(/Body$/, 'Input');
      if (names.has(text)) continue;
      names.set(text, taken.has(name) ? exported : name);
      taken.add(name);
    }
  return names;
}

/** Where a schema is named in the document: what stands there while it is being made. */
export const NAMED = 'x-named';

export interface Named {
  /** By name, what was met so far, with names in the place of those within. */
  schemas: Readonly<Record<string, unknown>>;
  /** A documented schema with a name in the place of each schema that has one, itself included. */
  within(schema: unknown): unknown;
}

export function createNamed(): Named {
  const names = schemaNames();
  const schemas: Record<string, unknown> = {};
  function within(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(within);
    if (typeof schema !== 'object' || schema === null) return schema;
    const node = schema as Record<string, unknown>;
    const name = node.properties || node.anyOf || node.allOf || node.enum ? names.get(canonical(node)) : undefined;
    const made = name === undefined ? inside(node) : undefined;
    const called = name ?? pageName(made!);
    if (called === undefined) return made;
    schemas[called] ??= made ?? inside(node);
    return { type: 'object', [NAMED]: called };
  }
  const inside = (node: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(node).map(([key, value]) => [key, LITERAL.has(key) ? value : within(value)]));
  return { schemas, within };
}

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);

/** A page of what has a name. */
function pageName({ properties }: Record<string, unknown>): string | undefined {
  const { data, hasMore } = (properties ?? {}) as Record<string, { items?: Record<string, string> } | undefined>;
  const item = hasMore && data?.items?.[NAMED];
  return item ? `${item}Page` : undefined;
}
