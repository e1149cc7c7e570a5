import { canonical } from '../../intake/canonical.ts';
import * as backtests from './backtests.ts';
import * as cards from './cards.ts';
import * as cases from './cases.ts';
import * as common from './common.ts';
import * as desk from './desk.ts';
import { documented } from './documented.ts';
import * as drift from './drift.ts';
import * as erasures from './erasures.ts';
import * as iso8583 from './iso8583.ts';
import * as iso20022 from './iso20022.ts';
import * as ledgers from './ledgers.ts';
import * as life from './life.ts';
import * as models from './models.ts';
import * as operations from './operations.ts';
import * as policy from './policy.ts';
import * as proof from './proof.ts';
import * as search from './search.ts';
import * as transactions from './transactions.ts';
import * as views from './views.ts';
import * as webhooks from './webhooks.ts';

/** Every file that declares schemas of the document. */
export const FILES = {
  transactions,
  common,
  backtests,
  cases,
  cards,
  iso20022,
  iso8583,
  desk,
  drift,
  erasures,
  ledgers,
  life,
  models,
  operations,
  policy,
  proof,
  search,
  views,
  webhooks,
};

/** Names that clients know a thing by, where that is not its export's. */
const KNOWN_AS: Readonly<Record<string, string>> = {
  Decided: 'Decision',
  Identifier: 'Id',
  Model: 'ModelName',
  Entity: 'EntityName',
  // What generated Python would take for a type or a variable of its own.
  ListShown: 'PolicyList',
  ListsShown: 'PolicyLists',
  LabelShown: 'LabelVoice',
  ShadowShown: 'ShadowState',
  Ready: 'Readiness',
};

export interface SchemaNames {
  /** The name of a schema by its canonical JSON as documented. */
  exact: ReadonlyMap<string, string>;
  /** The same by what is left of a word or a format without its description: said in other words it is the same elsewhere. */
  bare: ReadonlyMap<string, string>;
  /** The schemas by name, as documented. */
  schemas: ReadonlyMap<string, Record<string, unknown>>;
}

/**
 * The names of schemas in the document. What a file of this folder exports under a name in upper case is a schema of its own
 * there: `CaseShown` is `Case`, `LabelBody` is `LabelInput`, anything else as it is called; where that is taken, the export's own
 * name stays.
 */
export function schemaNames(): SchemaNames {
  const exact = new Map<string, string>();
  const bare = new Map<string, string>();
  const schemas = new Map<string, Record<string, unknown>>();
  for (const [exported, schema] of Object.values(FILES).flatMap((file) => Object.entries(file as object))) {
    if (!isSchema(schema) || !('enum' in schema || /^[A-Z][a-z]/.test(exported))) continue;
    const shown = documented(JSON.parse(JSON.stringify(schema))) as Record<string, unknown>;
    if (exact.has(canonical(shown))) continue;
    const plain =
      KNOWN_AS[exported] ??
      capital(exported)
        .replace(/Shown$/, '')
        .replace(/Body$/, 'Input');
    const name = schemas.has(plain) ? exported : plain;
    schemas.set(name, shown);
    exact.set(canonical(shown), name);
    const { description: _, ...left } = shown;
    if (left.enum || left.format || (left.pattern && left.type === 'string')) bare.set(canonical(left), name);
  }
  return { exact, bare, schemas };
}

function isSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ('~kind' in value || 'type' in value || 'anyOf' in value);
}

const capital = (name: string) => name[0].toUpperCase() + name.slice(1);
